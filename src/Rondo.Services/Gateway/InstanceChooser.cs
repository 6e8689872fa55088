using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>Whom a request goes to.</summary>
/// <param name="Instance">The instance; null for none.</param>
/// <param name="Traffic">What is known of it.</param>
/// <param name="Wait">Without an instance: how long until one whose circuit is open is asked again; else zero.</param>
internal readonly record struct InstanceChoice(ServiceInstance? Instance, InstanceTraffic? Traffic, TimeSpan Wait);

/// <summary>
/// Chooses an instance: whom the registry's picker gives, unless its circuit is not closed or it has just failed.
/// </summary>
/// <threadsafety>Every member from any thread. Allocates nothing.</threadsafety>
internal sealed class InstanceChooser(InstanceTraffics traffics)
{
    private const int Picks = 3;

    /// <param name="service">The service.</param>
    /// <param name="pick">How to choose.</param>
    /// <param name="failed">Who has failed with this request and is not asked again; null for nobody.</param>
    public InstanceChoice Choose(ServiceView service, in PickRequest pick, ServiceInstance? failed)
    {
        for (var i = 0; i < Picks; i++)
        {
            if (InstancePicker.Pick(service, pick) is not { } picked)
            {
                break;
            }

            if (!IsSame(picked, failed) && traffics.Of(picked) is var traffic && traffic.Circuit.TryEnter())
            {
                return new InstanceChoice(picked, traffic, TimeSpan.Zero);
            }
        }

        // What chance has not given.
        var wait = TimeSpan.Zero;
        foreach (var instance in service.Everywhere.Instances)
        {
            if (!instance.IsReady || PickGroup.Share(instance) == 0 || IsSame(instance, failed))
            {
                continue;
            }

            var traffic = traffics.Of(instance);
            if (traffic.Circuit.TryEnter())
            {
                return new InstanceChoice(instance, traffic, TimeSpan.Zero);
            }

            var left = traffic.Circuit.Left > TimeSpan.Zero ? traffic.Circuit.Left : TimeSpan.FromSeconds(1);
            wait = wait == TimeSpan.Zero || left < wait ? left : wait;
        }

        return new InstanceChoice(null, null, wait);
    }

    /// <summary>Whether another instance could be asked after this one.</summary>
    public static bool HasOther(ServiceView service, ServiceInstance chosen)
    {
        foreach (var instance in service.Everywhere.Instances)
        {
            if (!IsSame(instance, chosen) && InstancePicker.TakesCalls(instance) && PickGroup.Share(instance) > 0)
            {
                return true;
            }
        }

        return false;
    }

    // An instance is another record after every change.
    private static bool IsSame(ServiceInstance one, ServiceInstance? other) =>
        ReferenceEquals(one.Load, other?.Load);
}
