namespace Rondo.Benchmarks;

/// <summary>One server measured once.</summary>
/// <param name="Handler">What it was asked for.</param>
/// <param name="Connections">How many at once.</param>
/// <param name="Server">One of <see cref="TransportServer.Kinds"/>.</param>
/// <param name="Round">From zero; ratios are taken within one.</param>
/// <param name="Microseconds">Processor time of the whole server process per request, user and system.</param>
/// <param name="AllocatedBytes">Per request.</param>
/// <param name="PerSecond">Requests.</param>
/// <param name="ClientCoreShare">Of its core, from 0 to 1.</param>
/// <param name="OtherCores">How many cores the machine's other processes kept busy meanwhile.</param>
/// <param name="StolenCores">How many cores the host gave to other machines meanwhile.</param>
internal sealed record TransportCell(
    string Handler,
    int Connections,
    string Server,
    int Round,
    double Microseconds,
    double AllocatedBytes,
    double PerSecond,
    double ClientCoreShare,
    double OtherCores,
    double StolenCores)
{
    /// <summary>Above this share the client is as much measured as the server.</summary>
    public const double SaturatedShare = 0.95;

    public bool IsClientSaturated => ClientCoreShare > SaturatedShare;
}

/// <summary>What one run of the client showed.</summary>
/// <inheritdoc cref="TransportCell"/>
internal sealed record TransportSample(double Microseconds, Wrk Client, double OtherCores, double StolenCores);
