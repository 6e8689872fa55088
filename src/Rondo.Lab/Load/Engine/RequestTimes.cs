namespace Rondo.Lab.Load.Engine;

/// <summary>The times of one request, in nanoseconds.</summary>
/// <param name="Start">Since the run began.</param>
/// <param name="Connecting">0 on a connection that was open.</param>
/// <param name="Whole">From the start to the whole response.</param>
/// <param name="FirstByte">From sending to the first byte of the response.</param>
internal readonly record struct RequestTimes(long Start, long Connecting, long Whole, long FirstByte);
