namespace Rondo.Runtime;

/// <summary>
/// A callback on its way: who to call, with what, under which execution context. Empty when cancelled.
/// </summary>
internal readonly record struct WorkItem(object? Callback, object? State, ExecutionContext? Context);
