namespace Rondo.Services.Streams.Postgres;

/// <summary>A process that may lead.</summary>
/// <param name="Name">What no other process is called, also none that ran before on the same machine.</param>
/// <param name="Address">Where the others reach it while it leads.</param>
internal sealed record LeaderCandidate(string Name, string Address);
