using System.Runtime.CompilerServices;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>What the gateway knows of one instance: where it is, how it does, whether it gets requests.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class InstanceTraffic
{
    /// <summary>The tag of an instance that speaks HTTP/2.</summary>
    public const string Http2Tag = "h2";

    private long _requests;
    private long _errors;

    public InstanceTraffic(ServiceInstance instance, OwnAddresses own, TimeProvider time)
    {
        (Url, Load, IsHttp2) = (instance.Registration.Url, instance.Load, SpeaksHttp2(instance));
        var url = new Uri(Url);
        Upstream = new Uri(url.GetLeftPart(UriPartial.Authority));
        Authority = url.IsDefaultPort ? url.IdnHost : $"{Bracketed(url)}:{url.Port}";
        BasePath = url.AbsolutePath.TrimEnd('/');
        IsHere = own.Contains(url);
        (Circuit, Latency) = (new InstanceCircuit(time, Load), new LatencyWindow(time));
    }

    /// <summary>As it was registered.</summary>
    public string Url { get; }

    /// <summary>Whether it has said by a tag that it speaks HTTP/2.</summary>
    public bool IsHttp2 { get; }

    /// <summary>Scheme, host and port.</summary>
    public Uri Upstream { get; }

    /// <summary>Host and port as <c>Host</c> has them.</summary>
    public string Authority { get; }

    /// <summary>What comes before the path of a request; empty for nothing.</summary>
    public string BasePath { get; }

    /// <summary>Whether it is this very process.</summary>
    public bool IsHere { get; }

    public InstanceLoad Load { get; }

    public InstanceCircuit Circuit { get; }

    /// <summary>From a request's start to its answer's.</summary>
    public LatencyWindow Latency { get; }

    public long Requests => Volatile.Read(ref _requests);

    public long Errors => Volatile.Read(ref _errors);

    /// <param name="took">How long it took.</param>
    /// <param name="now">A timestamp of the clock.</param>
    public void Answered(TimeSpan took, long now)
    {
        Interlocked.Increment(ref _requests);
        Latency.Add(took, now);
        Circuit.Succeeded(now);
    }

    public void Failed()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _errors);
        Circuit.Failed();
    }

    /// <summary>Whether this is known of the instance as it is now.</summary>
    public bool IsOf(ServiceInstance instance) =>
        Url == instance.Registration.Url && IsHttp2 == SpeaksHttp2(instance);

    private static bool SpeaksHttp2(ServiceInstance instance)
    {
        var tags = instance.Registration.Tags;
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i] == Http2Tag)
            {
                return true;
            }
        }

        return false;
    }

    private static string Bracketed(Uri url) =>
        url.HostNameType is UriHostNameType.IPv6 && url.IdnHost[0] != '[' ? $"[{url.IdnHost}]" : url.IdnHost;
}

/// <summary>Finds what is known of an instance; it is forgotten with the instance.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class InstanceTraffics(OwnAddresses own, TimeProvider time)
{
    // By the load, which outlives changes of the instance.
    private readonly ConditionalWeakTable<InstanceLoad, InstanceTraffic> _known = [];

    public InstanceTraffic Of(ServiceInstance instance)
    {
        if (_known.TryGetValue(instance.Load, out var known) && known.IsOf(instance))
        {
            return known;
        }

        // At another address, or in another protocol, nothing of what was known holds.
        instance.Load.IsShut = false;
        known?.Circuit.Dispose();
        var traffic = new InstanceTraffic(instance, own, time);
        _known.AddOrUpdate(instance.Load, traffic);
        return traffic;
    }
}
