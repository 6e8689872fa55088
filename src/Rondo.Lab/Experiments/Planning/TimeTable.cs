namespace Rondo.Lab.Experiments.Planning;

/// <summary>How long things take, so that the whole can be told beforehand.</summary>
internal static class TimeTable
{
    /// <summary>Until a server listens, and until it has ended.</summary>
    public const double ServerSeconds = 0.6;

    /// <summary>Between the runs of a generator.</summary>
    public const double GeneratorSeconds = 0.1;

    /// <summary>To open a connection that stays idle: more with a thread for each, less without.</summary>
    public const double IdleSeconds = 0.0004;

    /// <summary>The connections of a load are opened in this time, so that they do not go in step.</summary>
    public const double LeastRamp = 0.1;

    /// <summary>Beyond so many measurements a request cannot be waited for.</summary>
    public const double LongestPass = 1.5;

    /// <summary>At least so long until what is measured no longer depends on how it began.</summary>
    public const double LeastSettling = 0.2;

    // What noise may stretch an experiment to, and one that takes longer anyway, such as that of all models.
    private const double TenMinutes = 600;
    private const double QuarterOfAnHour = 900;
    private const double ShareOfLong = 0.05;

    private const double MostRamp = 0.5;
    private const double AutomaticWarmup = 2;

    /// <summary>
    /// Whether one pass, a request of every connection, takes so much longer than the measurement that it is not worth
    /// waiting for.
    /// </summary>
    public static bool IsTooShort(Experiment experiment, double passSeconds) =>
        passSeconds > LongestPass * experiment.Seconds;

    public static double Ramp(double passSeconds) => Math.Clamp(passSeconds, LeastRamp, MostRamp);

    /// <summary>Until what is measured no longer depends on how it began: a pass and a little.</summary>
    public static double Settling(double passSeconds) => Math.Max(LeastSettling, 1.2 * passSeconds);

    /// <summary>How long the experiment takes, without what is measured again.</summary>
    /// <param name="experiment">What.</param>
    /// <param name="passSeconds">How long a pass of each variant at each number of connections takes.</param>
    /// <param name="hasPilot">Whether each variant is tried before.</param>
    public static double Estimate(Experiment experiment, Func<Variant, int, double> passSeconds, bool hasPilot)
    {
        var warmup = experiment.WarmupSeconds ?? AutomaticWarmup;
        var round = experiment.Variants.Sum(v => ServerSeconds + GeneratorSeconds + warmup + experiment.Connections
            .Select(c => (Pass: passSeconds(v, c), Idle: v.HoldsIdle ? c * IdleSeconds : 0))
            .Where(c => v.IsOpen || v.IsBurst || !IsTooShort(experiment, c.Pass))
            .Sum(c => c.Idle + GeneratorSeconds + Ramp(c.Pass) + Settling(c.Pass) + c.Pass + experiment.Seconds));
        return (experiment.Rounds * round)
            + (hasPilot ? experiment.Variants.Count * (ServerSeconds + GeneratorSeconds + warmup + 1) : 0);
    }

    /// <summary>
    /// For how long cells may be measured again that something disturbed: as long as the experiment itself, within ten
    /// minutes for both; of a longer one a twentieth, within a quarter of an hour.
    /// </summary>
    public static double MostRepeatSeconds(double estimate) => Math.Max(
        Math.Min(estimate, TenMinutes - estimate),
        Math.Clamp(ShareOfLong * estimate, 0, Math.Max(0, QuarterOfAnHour - estimate)));
}
