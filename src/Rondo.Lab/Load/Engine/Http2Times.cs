namespace Rondo.Lab.Load.Engine;

/// <summary>When what happened to one request, in nanoseconds since the run began.</summary>
/// <param name="Start">From when it counts: it was due, or its stream was free.</param>
/// <param name="Sent">Given to the platform's client.</param>
/// <param name="FirstByte">The head of the response is there.</param>
/// <param name="End">The response is whole.</param>
internal readonly record struct Http2Times(long Start, long Sent, long FirstByte, long End);
