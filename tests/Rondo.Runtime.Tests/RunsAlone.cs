namespace Rondo.Runtime.Tests;

/// <summary>Tests that measure real time, or sample this process: they run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsAlone
{
    public const string Name = "Alone";
}
