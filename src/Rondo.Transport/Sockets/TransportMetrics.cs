using System.Diagnostics.Metrics;

namespace Rondo.Transport.Sockets;

/// <summary>The meter <c>Rondo.Transport</c>.</summary>
internal static class TransportMetrics
{
    private static readonly Meter s_meter = new("Rondo.Transport");

    private static readonly Counter<long> s_takeovers = s_meter.CreateCounter<long>(
        "rondo.transport.takeovers", "{takeover}", "Loops that went on on another thread because code blocked theirs.");

    private static readonly Counter<long> s_stalls = s_meter.CreateCounter<long>(
        "rondo.transport.stalls", "{look}", "Looks at a loop that said nothing because the machine was stalled.");

    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>(
        "rondo.transport.refused", "{request}", "Requests answered with 503 because blocking code holds every thread.");

    private static readonly UpDownCounter<long> s_used = s_meter.CreateUpDownCounter<long>(
        "rondo.transport.spare_threads.used", "{thread}", "Threads that blocking code holds besides the loops' own.");

    public static void TakenOver() => s_takeovers.Add(1);

    public static void Stalled() => s_stalls.Add(1);

    public static void Refused() => s_refused.Add(1);

    public static void SpareUsed(int change) => s_used.Add(change);
}
