namespace Rondo.Services.Registry;

internal enum PickPolicy
{
    /// <summary>In turn, by weight.</summary>
    RoundRobin,

    /// <summary>Two by chance, by weight; of those the one with fewer calls in flight.</summary>
    TwoChoices,

    /// <summary>Always the same for the same key, as long as it is up (rendezvous hashing).</summary>
    Sticky,
}

/// <summary>How one instance of several is chosen.</summary>
/// <param name="Policy">By what.</param>
/// <param name="Zone">Where it should be; empty for anywhere.</param>
/// <param name="ZoneLeast">With fewer passing in the zone than this, others are taken, too.</param>
/// <param name="Key">Whom it is for, with <see cref="PickPolicy.Sticky"/>.</param>
internal readonly record struct PickRequest(
    PickPolicy Policy = PickPolicy.RoundRobin, string Zone = "", int ZoneLeast = 1, string Key = "");

/// <summary>Chooses an instance. Takes no lock and allocates nothing.</summary>
internal static class InstancePicker
{
    /// <summary>One that takes calls, or null when none does.</summary>
    public static ServiceInstance? Pick(ServiceView service, in PickRequest request)
    {
        var group = request.Zone is { Length: > 0 }
            && service.InZone(request.Zone) is { } near && near.Passing >= request.ZoneLeast && near.Total > 0
            ? near
            : service.Everywhere;
        if (group.Total == 0)
        {
            return null;
        }

        return request.Policy switch
        {
            PickPolicy.Sticky => Sticky(group, request.Key),
            PickPolicy.TwoChoices => TwoChoices(group, service.Counter),
            _ => InTurn(group, service.Counter),
        };
    }

    /// <summary>Whether it is up, and nobody has found that it fails.</summary>
    public static bool TakesCalls(ServiceInstance instance) => instance.IsReady && !instance.Load.IsShut;

    private static ServiceInstance? InTurn(PickGroup group, PickCounter counter)
    {
        for (var tries = 0; tries < group.Instances.Length; tries++)
        {
            if (group.OfTurn(counter.Next()) is var found && TakesCalls(found))
            {
                return found;
            }
        }

        return Any(group);
    }

    private static ServiceInstance? TwoChoices(PickGroup group, PickCounter counter)
    {
        var chance = Mix(counter.Next());
        var (one, other) = (group.OfShare(chance), group.OfShare(Mix(chance)));
        if (group.Instances.Length > 1 && ReferenceEquals(one, other))
        {
            other = group.OfShare(Mix(chance ^ 0x9E3779B97F4A7C15));
        }

        var better = Burden(other) < Burden(one) ? other : one;
        return TakesCalls(better) ? better : Any(group);
    }

    // The highest score wins: only those who had the one that is gone go elsewhere. Weights by Schindelhauer and
    // Schomaker (2005).
    private static ServiceInstance? Sticky(PickGroup group, string key)
    {
        var hash = Hash(key, 0xCBF29CE484222325);
        ServiceInstance? best = null;
        var bestScore = double.NegativeInfinity;
        foreach (var instance in group.Instances)
        {
            if (!TakesCalls(instance) || PickGroup.Share(instance) == 0)
            {
                continue;
            }

            var unit = ((Mix(Hash(instance.Id, hash)) >> 11) + 0.5) / (1UL << 53);
            var score = -PickGroup.Share(instance) / Math.Log(unit);
            if (score > bestScore)
            {
                (best, bestScore) = (instance, score);
            }
        }

        return best;
    }

    private static ServiceInstance? Any(PickGroup group)
    {
        foreach (var instance in group.Instances)
        {
            if (TakesCalls(instance) && PickGroup.Share(instance) > 0)
            {
                return instance;
            }
        }

        return null;
    }

    private static double Burden(ServiceInstance instance) =>
        (instance.Load.InFlight + 1.0) / PickGroup.Share(instance);

    // FNV-1a: the same in every process, which the platform's hash of a text is not.
    private static ulong Hash(string text, ulong hash)
    {
        foreach (var character in text)
        {
            hash = (hash ^ character) * 0x100000001B3;
        }

        return hash;
    }

    // The finisher of SplitMix64.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
