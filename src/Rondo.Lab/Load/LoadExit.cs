namespace Rondo.Lab.Load;

/// <summary>What a load command tells its caller.</summary>
internal static class LoadExit
{
    public const int Ok = 0;

    /// <summary>The target could not be reached, or has answered no request well.</summary>
    public const int TargetFailed = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>A latency or error limit that was asked for is missed.</summary>
    public const int ThresholdMissed = 3;

    /// <summary>The generator was the bottleneck, so the figures do not speak of the target.</summary>
    public const int NotMeasurable = 4;

    /// <summary>Interrupted; the report is of what was measured until then.</summary>
    public const int Interrupted = 130;
}
