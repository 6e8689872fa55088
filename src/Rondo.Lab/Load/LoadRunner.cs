namespace Rondo.Lab.Load;

/// <summary>Runs a plan: <see cref="LoadRun"/> in a process of its own, or the engine in this one.</summary>
internal delegate Task<LoadResult> LoadRunner(LoadPlan plan, Action<LoadSecond> onSecond, CancellationToken stop);
