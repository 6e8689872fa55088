using System.Text.Json.Serialization;

namespace Rondo.Cli.Inspect;

/// <summary>A thread of another process.</summary>
/// <param name="Id">The operating system's.</param>
/// <param name="ManagedId">The runtime's.</param>
/// <param name="Name">Null when it was given none.</param>
/// <param name="Frames">The methods it is in, innermost first, with file and line where symbols are found.</param>
internal sealed record ThreadStack(uint Id, int ManagedId, string? Name, IReadOnlyList<string> Frames);

/// <summary>A process that can be looked at.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Version">Of .NET.</param>
/// <param name="Loops">How many event loops run; null when it was not asked.</param>
/// <param name="Tasks">How many tasks they have.</param>
/// <param name="Command">Its command line.</param>
internal sealed record ProcessRow(int Pid, string Version, int? Loops, int? Tasks, string Command);

/// <summary>A task, for a list.</summary>
/// <param name="Name">Its name; of work outside the loops, the method's.</param>
/// <param name="Loop">The loop's number; null outside.</param>
/// <param name="State">In a word.</param>
/// <param name="At">The innermost line of its author's.</param>
/// <param name="WaitsFor">What is at the end of its awaits.</param>
internal sealed record TaskRow(string Name, int? Loop, string State, string? At, string WaitsFor);

/// <summary>Made by the compiler: nothing is generated at start.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<ThreadStack>))]
[JsonSerializable(typeof(IReadOnlyList<ProcessRow>))]
[JsonSerializable(typeof(IReadOnlyList<TaskRow>))]
internal sealed partial class InspectJson : JsonSerializerContext;
