namespace Rondo.Lab.Experiments.Results;

/// <summary>What a server was at in one second of a cell, as it says itself.</summary>
/// <param name="Second">Since the measurement began.</param>
/// <param name="Threads">Of the server and its workers.</param>
/// <param name="ResidentBytes">Of the server and its workers.</param>
/// <param name="Queued">Requests that wait for the pool; null if there is none.</param>
/// <param name="Turns">Turns of the event loop; null if there is no loop.</param>
/// <param name="LongTurns">Those among them of more than 100 ms.</param>
/// <param name="LongestTurnMs">The longest among them, in milliseconds.</param>
internal sealed record LabServerSecond(
    double Second,
    int Threads,
    long ResidentBytes,
    long? Queued,
    long? Turns,
    long? LongTurns,
    double? LongestTurnMs);
