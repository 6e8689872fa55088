using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A tree as JSON, for another process. Flat, however deep the tree: each node names by number what it waits for.
/// </summary>
internal static class TaskTreeDocument
{
    /// <summary>Raised when a reader of the one before would misunderstand.</summary>
    public const int Version = 2;

    private static readonly TaskTreeJson s_json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<TaskNodeKind>(JsonNamingPolicy.SnakeCaseLower) },
    });

    public static byte[] Write(TaskTree tree) => JsonSerializer.SerializeToUtf8Bytes(
        new TaskTreeModel(Version, tree.Header, tree.Nodes), s_json.TaskTreeModel);

    /// <summary>Reads what another process has written, and believes nothing of it.</summary>
    /// <exception cref="FormatException">It is no tree, or one of another version.</exception>
    public static TaskTree Read(ReadOnlySpan<byte> json)
    {
        TaskTreeModel? model;
        try
        {
            model = JsonSerializer.Deserialize(json, s_json.TaskTreeModel);
        }
        catch (JsonException error)
        {
            throw new FormatException("This is not a task tree: " + error.Message, error);
        }

        if (model is not { Version: Version, Header.Loops: { } loops, Nodes: { } nodes })
        {
            throw new FormatException($"This is not a task tree of version {Version}.");
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i] is not { Name: not null, State: not null, Awaits: { } awaits } node || node.Id != i
                || awaits.Any(a => a < 0 || a >= nodes.Count))
            {
                throw new FormatException($"Node {i} of the task tree is broken.");
            }
        }

        return loops.Any(l => l?.Name is null)
            ? throw new FormatException("A loop of the task tree is broken.")
            : TaskTree.From(model.Header, nodes);
    }
}

/// <summary>The document.</summary>
internal sealed record TaskTreeModel(int Version, TaskTreeHeader Header, IReadOnlyList<TaskNode> Nodes);

/// <summary>Made by the compiler, so that nothing is generated while a process is under examination.</summary>
[JsonSerializable(typeof(TaskTreeModel))]
internal sealed partial class TaskTreeJson : JsonSerializerContext;
