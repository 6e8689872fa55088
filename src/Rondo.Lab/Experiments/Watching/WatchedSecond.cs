namespace Rondo.Lab.Experiments.Watching;

/// <summary>What a program was at when it was looked at; null where the view does not say.</summary>
/// <param name="Threads">Of the process, or of its thread pool.</param>
/// <param name="CpuSeconds">Until now.</param>
/// <param name="ResidentBytes">Memory in use.</param>
/// <param name="Switches">Context switches until now.</param>
/// <param name="Queued">What waits for the thread pool.</param>
/// <param name="Turns">Turns of all event loops until now.</param>
/// <param name="LongTurns">Those among them of more than 100 ms.</param>
/// <param name="TurnSeconds">How long all turns took until now.</param>
internal sealed record WatchedSecond(
    int? Threads,
    double? CpuSeconds,
    long? ResidentBytes,
    long? Switches,
    long? Queued,
    long? Turns,
    long? LongTurns,
    double? TurnSeconds);
