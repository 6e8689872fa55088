namespace Rondo.Lab.Load;

/// <summary>
/// One line from the worker process: that it is ready and begins, a second, the result at the end, or why there is none.
/// </summary>
internal sealed record WorkerMessage(
    LoadSecond? Second = null, LoadResult? Result = null, string? Error = null, bool IsStarting = false);
