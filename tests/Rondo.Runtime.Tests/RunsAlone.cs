namespace Rondo.Runtime.Tests;

/// <summary>Tests that measure real time, sample this process, or need the thread pool soon: they run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsAlone
{
    public const string Name = "Alone";
}
