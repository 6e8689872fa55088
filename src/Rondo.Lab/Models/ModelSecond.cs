using System.Text.Json.Serialization;

namespace Rondo.Lab.Models;

/// <summary>What a model's server was at in one second; a line of JSON.</summary>
/// <param name="Second">Since the server was started.</param>
/// <param name="Threads">Of the server and its workers.</param>
/// <param name="Processes">The server and its workers.</param>
/// <param name="ResidentBytes">Memory that is in use and not swapped out, the processes' together.</param>
/// <param name="CpuSeconds">Processor time of the processes that live, since they were started.</param>
/// <param name="Queued">Requests that wait for a thread or process of the pool; null if there is no pool.</param>
/// <param name="Turns">Turns of the event loop in this second; null if there is no loop.</param>
/// <param name="LongTurns">Those among them longer than <see cref="ModelStats.LongTurn"/>.</param>
/// <param name="LongestTurnMs">The longest among them, in milliseconds.</param>
/// <param name="AllocatedBytes">Managed memory that the server itself has taken since it was started.</param>
/// <param name="Collections">Garbage collections of the server itself since it was started.</param>
/// <param name="PauseMs">How long they have stopped it in all, in milliseconds.</param>
/// <param name="IsAsked">Whether somebody asked for it, instead of a second being over.</param>
internal sealed record ModelSecond(
    double Second,
    int Threads,
    int Processes,
    long ResidentBytes,
    double CpuSeconds,
    long? Queued,
    long? Turns,
    long? LongTurns,
    double? LongestTurnMs,
    long AllocatedBytes,
    long Collections,
    double PauseMs,
    bool IsAsked = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ModelSecond))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;
