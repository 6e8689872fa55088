namespace Rondo.Lab.Statistics;

/// <summary>
/// A fixed number of clients, each of which has one request under way at a time: the request is delayed without using
/// anything, and holds one of the servers. The bounds hold whatever is distributed how.
/// </summary>
/// <param name="DelaySeconds">The client's think time and what the request waits for without holding a server.</param>
/// <param name="HeldSeconds">How long a request holds a server.</param>
/// <param name="Servers">How many there are; null for as many as there are requests.</param>
/// <param name="Admitted">
/// How many requests are delayed or served at a time, while the others wait for one of them to end; null for all.
/// </param>
internal sealed record ClosedQueue(double DelaySeconds, double HeldSeconds, int? Servers, int? Admitted = null)
{
    /// <summary>What a request takes that meets no other.</summary>
    public double WholeSeconds => DelaySeconds + HeldSeconds;

    /// <summary>What limits first, and how long a request holds one of it; null for nothing.</summary>
    public (int Count, double Seconds)? Bottleneck =>
        Admitted is { } admitted && !(admitted / WholeSeconds > Servers / HeldSeconds) ? (admitted, WholeSeconds)
        : Servers is { } servers ? (servers, HeldSeconds)
        : null;

    /// <summary>Requests per second at most, however many clients there are; infinite if nothing is held.</summary>
    public double Capacity => Bottleneck is var (count, seconds) ? count / seconds : double.PositiveInfinity;

    /// <summary>The number of clients at which the capacity would be reached; infinite without one.</summary>
    public double Knee => Capacity * WholeSeconds;

    /// <summary>Requests per second at most.</summary>
    public double ThroughputBound(int clients) => Math.Min(clients / WholeSeconds, Capacity);

    /// <summary>Seconds from one request of a client to its next, at least.</summary>
    public double CycleBound(int clients) => clients / ThroughputBound(clients);

    /// <summary>
    /// Requests per second on average, if the servers' times are exponentially distributed: what exact mean value
    /// analysis with a load-dependent server gives for those that are admitted.
    /// </summary>
    /// <remarks>
    /// By the probabilities of how many clients are at the servers, each in proportion to
    /// <c>delay^(n-j)/(n-j)! x held^j/(min(1,c) min(2,c) ... min(j,c))</c>, as logarithms: the recursion over the number
    /// of clients gives the same, but loses all digits near saturation.
    /// </remarks>
    public double Throughput(int clients)
    {
        clients = Math.Min(clients, Admitted ?? clients);
        if (Servers is not { } servers || HeldSeconds == 0)
        {
            return ThroughputBound(clients);
        }

        if (DelaySeconds == 0)
        {
            return Math.Min(clients, servers) / HeldSeconds;
        }

        var weights = new double[clients + 1];
        for (var j = 1; j <= clients; j++)
        {
            weights[j] = weights[j - 1]
                + Math.Log((clients - j + 1) * HeldSeconds / (DelaySeconds * Math.Min(j, servers)));
        }

        var (largest, all, served) = (weights.Max(), 0.0, 0.0);
        for (var j = 0; j <= clients; j++)
        {
            var weight = Math.Exp(weights[j] - largest);
            all += weight;
            served += weight * Math.Min(j, servers);
        }

        return served / all / HeldSeconds;
    }
}
