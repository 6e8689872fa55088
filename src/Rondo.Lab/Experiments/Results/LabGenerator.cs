namespace Rondo.Lab.Experiments.Results;

/// <summary>How the generator did in a cell.</summary>
/// <param name="BusiestThread">The busiest thread's share of a processor, 0 to 1.</param>
/// <param name="StarvedThread">The largest share of its time that a thread was ready and had no processor.</param>
/// <param name="LatenessP99">Open load: 99th percentile of how late requests were sent, in nanoseconds.</param>
internal sealed record LabGenerator(double BusiestThread, double StarvedThread, long? LatenessP99);
