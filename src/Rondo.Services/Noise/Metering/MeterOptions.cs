namespace Rondo.Services.Noise.Metering;

/// <summary>How a <see cref="LevelMeter"/> measures.</summary>
internal sealed record MeterOptions
{
    /// <summary>How long each reading is about; 1 s by default, at least 10 ms.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What the maximum of a reading is a maximum of; Fast by default (IEC 61672-1:2013, clause 5.8).
    /// </summary>
    public TimeWeighting TimeWeighting { get; init; } = TimeWeighting.Fast;

    /// <summary>
    /// A sample of this size, of full scale 1, is as large as the recorder can say; 0.999 by default. Three in a row
    /// are taken for a sound that was larger.
    /// </summary>
    public double ClipsAt { get; init; } = 0.999;
}
