namespace Rondo.Lab.Statistics;

/// <summary>
/// Requests that arrive at random, whether those before are done or not, at servers that share one queue: M/M/c.
/// </summary>
/// <param name="Arrivals">Per second.</param>
/// <param name="ServiceSeconds">Mean time that a request holds a server.</param>
/// <param name="Servers">How many, at least 1.</param>
internal sealed record OpenQueue(double Arrivals, double ServiceSeconds, int Servers)
{
    /// <summary>How much of the servers' time is wanted: from 1 on the queue grows without bounds.</summary>
    public double Utilisation => Arrivals * ServiceSeconds / Servers;

    /// <summary>That an arriving request has to wait (Erlang C); 1 if the queue grows without bounds.</summary>
    public double WaitProbability => Utilisation < 1 ? ErlangC(Arrivals * ServiceSeconds, Servers) : 1;

    /// <summary>Mean seconds in the queue; infinite if it grows without bounds.</summary>
    public double Wait => Utilisation < 1
        ? WaitProbability / ((Servers / ServiceSeconds) - Arrivals)
        : double.PositiveInfinity;

    /// <summary>Mean seconds in the queue and at the server.</summary>
    public double Response => Wait + ServiceSeconds;

    /// <summary>That a request waits longer than this.</summary>
    public double WaitsLonger(double seconds) => Utilisation < 1
        ? WaitProbability * Math.Exp(-((Servers / ServiceSeconds) - Arrivals) * seconds)
        : 1;

    /// <summary>That all servers are busy, if who does not find one free goes away.</summary>
    /// <param name="load">Arrivals per service time.</param>
    /// <param name="servers">How many.</param>
    public static double ErlangB(double load, int servers)
    {
        var blocked = 1.0;
        for (var k = 1; k <= servers; k++)
        {
            blocked = load * blocked / (k + (load * blocked));
        }

        return blocked;
    }

    /// <summary>That all servers are busy, if everybody waits.</summary>
    /// <param name="load">Arrivals per service time, below <paramref name="servers"/>.</param>
    /// <param name="servers">How many.</param>
    public static double ErlangC(double load, int servers)
    {
        var (blocked, utilisation) = (ErlangB(load, servers), load / servers);
        return blocked / (1 - utilisation + (utilisation * blocked));
    }

    /// <summary>Mean seconds in the queue of one server, approximately, whatever is distributed how (Kingman).</summary>
    /// <param name="utilisation">Below 1.</param>
    /// <param name="serviceSeconds">Mean.</param>
    /// <param name="arrivalVariation">Squared coefficient of variation of the times between arrivals.</param>
    /// <param name="serviceVariation">Squared coefficient of variation of the service times.</param>
    public static double KingmanWait(
        double utilisation, double serviceSeconds, double arrivalVariation, double serviceVariation) =>
        utilisation / (1 - utilisation) * (arrivalVariation + serviceVariation) / 2 * serviceSeconds;
}
