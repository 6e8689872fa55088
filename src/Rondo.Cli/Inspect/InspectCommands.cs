using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rondo.Runtime.Diagnostics;
using Rondo.Services.Hosting;

namespace Rondo.Cli.Inspect;

/// <summary>The verbs that look into running processes.</summary>
internal static class InspectCommands
{
    /// <summary>For ourselves: reads the memory of a process and writes what it has seen.</summary>
    public const string ReadVerb = "read-process";

    public static Command Ps()
    {
        var process = new Argument<int?>("pid")
        {
            Description = "List the tasks of this process, instead of processes",
            Arity = ArgumentArity.ZeroOrOne,
        };
        process.CompletionSources.Add(_ => Running());
        var attach = new Option<bool>("--attach")
        {
            Description = "Count also in processes that do not answer by themselves; each stands still for a moment",
        };
        var json = CommonOptions.Json();
        var command = new Command("ps", """
            List the .NET processes that can be looked at, or the tasks of one. A process answers by itself when it runs
            an event loop in debug mode or with RONDO_INSPECT=1; others are read as by a debugger.
            """) { process, attach, json }.WithExamples("rondo ps", "rondo ps 4711");
        command.SetAction((parsed, _) => RunAsync(parsed, async output =>
        {
            if (parsed.GetValue(process) is { } id)
            {
                await WriteTasksAsync(id, parsed.GetValue(json), output);
            }
            else
            {
                await WriteProcessesAsync(parsed.GetValue(attach), parsed.GetValue(json), output);
            }
        }));
        return command;
    }

    public static Command PsTree()
    {
        var process = Pid();
        var json = CommonOptions.Json();
        var command = new Command(
                "pstree", "Show who waits for whom in a .NET process: tasks and async methods, each with its line.")
            { process, json }.WithExamples("rondo pstree 4711", "rondo pstree 4711 --json");
        command.SetAction((parsed, _) => RunAsync(parsed, async output =>
        {
            var tree = await ProcessInspection.TreeAsync(parsed.GetValue(process));
            output.Write(parsed.GetValue(json) ? Document(tree) + "\n" : tree.ToString());
        }));
        return command;
    }

    public static Command Stack()
    {
        var process = Pid();
        var json = CommonOptions.Json();
        var command = new Command(
                "stack",
                "Show the threads of a .NET process and what its async methods wait for. It stands still meanwhile.")
            { process, json }.WithExamples("rondo stack 4711", "rondo stack 4711 --json");
        command.SetAction((parsed, _) => RunAsync(parsed, async output =>
        {
            var asked = await ProcessInspection.AskAsync(parsed.GetValue(process));
            var (read, threads) = await ProcessInspection.ReadAsync(parsed.GetValue(process));
            output.Write(parsed.GetValue(json)
                ? $$"""{"threads":{{Json(threads)}},"tasks":{{Document(asked ?? read)}}}""" + "\n"
                : Text(threads) + (asked ?? read));
        }));
        return command;
    }

    public static Command Read()
    {
        var process = Pid();
        var command = new Command(ReadVerb, "Read the memory of a process.") { process };
        command.Hidden = true;
        command.SetAction(parsed => HeapInspection.Run(
            parsed.GetValue(process), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Argument<int> Pid()
    {
        var process = new Argument<int>("pid") { Description = "The process; 'rondo ps' lists them" };
        process.CompletionSources.Add(_ => Running());
        return process;
    }

    private static IEnumerable<string> Running() => ProcessFinder.All().Select(p => Number(p.Id));

    private static async Task<int> RunAsync(ParseResult parsed, Func<TextWriter, Task> write)
    {
        try
        {
            await write(parsed.InvocationConfiguration.Output);
            return ExitCode.Ok;
        }
        catch (InspectionException error)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("rondo: " + error.Message);
            return ExitCode.Failed;
        }
    }

    private static async Task WriteProcessesAsync(bool attach, bool json, TextWriter output)
    {
        var rows = new List<ProcessRow>();
        foreach (var (id, version, command) in ProcessFinder.All())
        {
            var tree = await ProcessInspection.AskAsync(id) ?? (attach ? await TryReadAsync(id) : null);
            var tasks = tree is null ? null : TaskRows.Of(tree);
            rows.Add(new ProcessRow(id, version, tree?.Header.Loops.Count, tasks?.Count, command));
        }

        output.Write(json
            ? JsonSerializer.Serialize(rows, InspectJson.Default.IReadOnlyListProcessRow) + "\n"
            : TextTable.Write(
                ["PID", ".NET", "LOOPS", "TASKS", "COMMAND"],
                rows.Select(r => new[] { Number(r.Pid), r.Version, Number(r.Loops), Number(r.Tasks), r.Command })));
    }

    private static async Task WriteTasksAsync(int processId, bool json, TextWriter output)
    {
        var rows = TaskRows.Of(await ProcessInspection.TreeAsync(processId));
        output.Write(json
            ? JsonSerializer.Serialize(rows, InspectJson.Default.IReadOnlyListTaskRow) + "\n"
            : TextTable.Write(
                ["LOOP", "TASK", "STATE", "WAITS FOR", "AT"],
                rows.Select(r => new[] { Number(r.Loop), r.Name, r.State, r.WaitsFor, r.At ?? "" })));
    }

    private static async Task<TaskTree?> TryReadAsync(int processId)
    {
        try
        {
            return (await ProcessInspection.ReadAsync(processId)).Tree;
        }
        catch (InspectionException)
        {
            return null;
        }
    }

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Document(TaskTree tree) => Encoding.UTF8.GetString(TaskTreeDocument.Write(tree));

    private static string Json(IReadOnlyList<ThreadStack> threads) =>
        JsonSerializer.Serialize(threads, InspectJson.Default.IReadOnlyListThreadStack);

    private static string Text(IReadOnlyList<ThreadStack> threads)
    {
        var text = new StringBuilder();
        foreach (var thread in threads)
        {
            text.Append(CultureInfo.InvariantCulture, $"thread {thread.ManagedId} ({thread.Id})")
                .Append(thread.Name is null ? "" : $" {thread.Name}").Append('\n');
            foreach (var frame in thread.Frames)
            {
                text.Append("   ").Append(frame).Append('\n');
            }
        }

        return text.ToString();
    }
}
