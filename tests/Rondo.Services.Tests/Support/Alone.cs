namespace Rondo.Services.Tests.Support;

/// <summary>Tests that measure or change what the whole process shares: memory, environment, standard error.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
