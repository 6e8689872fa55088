using System.Text.Json;
using Microsoft.Diagnostics.Runtime;
using Rondo.Runtime;
using Rondo.Runtime.Diagnostics;
using Rondo.Services.Hosting;

namespace Rondo.Cli.Inspect;

/// <summary>
/// Looks into the memory of another process, as a debugger does: it stands still meanwhile. Runs in a process of its
/// own, so that what goes wrong with a half-known memory ends that one alone.
/// </summary>
internal static class HeapInspection
{
    /// <summary>Writes two lines: the task tree, and the stacks of the threads.</summary>
    public static int Run(int processId, TextWriter output, TextWriter error)
    {
        try
        {
            using var target = DataTarget.AttachToProcess(processId, suspend: true);
            if (target.ClrVersions is not [var version, ..])
            {
                error.WriteLine($"rondo: process {processId} is not a .NET process.");
                return ExitCode.Failed;
            }

            using var runtime = version.CreateRuntime();
            var tasks = new HeapTaskSource(runtime.Heap);
            var header = new TaskTreeHeader(processId, IsComplete: true, IsLimited: false, tasks.Loops);
            var tree = TaskTree.From(header, TaskGraph<ulong>.Of(tasks).Nodes());
            var threads = runtime.Threads.Where(t => t.IsAlive).Select(t => Read(t, tasks.ThreadNames)).ToList();
            output.WriteLine(System.Text.Encoding.UTF8.GetString(TaskTreeDocument.Write(tree)));
            output.WriteLine(JsonSerializer.Serialize(threads, InspectJson.Default.IReadOnlyListThreadStack));
            return ExitCode.Ok;
        }
        catch (Exception failure) when (failure is ClrDiagnosticsException or ArgumentException or IOException
            or InvalidOperationException or UnauthorizedAccessException)
        {
            error.WriteLine($"rondo: cannot look into process {processId}: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static ThreadStack Read(ClrThread thread, Dictionary<int, string> names) => new(
        thread.OSThreadId,
        thread.ManagedThreadId,
        names.GetValueOrDefault(thread.ManagedThreadId),
        [.. thread.EnumerateStackTrace().Where(f => f.Method is not null).Select(Describe)]);

    // A generic method's name comes with its type arguments: Run[[System.__Canon, ...]].
    private static string WithoutArguments(string? method) => method?.Split('[')[0] ?? "?";

    private static string Describe(ClrStackFrame frame)
    {
        var method = frame.Method!;
        var type = method.Type.Name ?? "";
        var isMachine = method.Name == "MoveNext" && type.Contains('<', StringComparison.Ordinal);
        var name = isMachine ? MethodName.OfStateMachine(type) : MethodName.OfMethod(type, WithoutArguments(method.Name));
        var module = method.Type.Module?.Name;

        // A return address belongs to the call before it.
        var offset = method.GetILOffset(frame.InstructionPointer - 1);
        return module is not null && offset >= 0 && File.Exists(module)
            && SymbolFile.Of(module)?.LineAt(method.MetadataToken, offset) is { } line
                ? $"{name} at {line}"
                : name;
    }
}
