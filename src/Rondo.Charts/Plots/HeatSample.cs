namespace Rondo.Charts.Plots;

/// <summary>So many requests of one latency in one step of time.</summary>
/// <param name="Time">The start of the step, in seconds of the run.</param>
/// <param name="Seconds">The latency.</param>
/// <param name="Count">How many.</param>
internal readonly record struct HeatSample(double Time, double Seconds, long Count);
