using System.CommandLine;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Ab;
using Rondo.Lab.Load.Wrk;

namespace Rondo.Cli;

/// <summary>
/// The verbs with another tool's command line. They read it themselves: <c>-t100</c> is no option of Rondo's own parser.
/// And the worker of a load, which has none, and whose start is part of every run.
/// </summary>
internal static class Personalities
{
    /// <summary>What runs instead of a command of Rondo's own; null if none does.</summary>
    public static Func<TextWriter, TextWriter, Task<int>>? Of(string[] arguments)
    {
        // The name it was called by counts, too, so that a link takes the place of the tool; but not for a worker.
        string[] line = arguments is ["wrk" or "ab" or LoadWorker.Verb, ..] ? arguments : [CalledBy(), .. arguments];
        return line switch
        {
            ["wrk", .. var rest] => (output, error) => WrkTool.RunAsync(rest, output, error),
            ["ab", .. var rest] => (output, error) => AbTool.RunAsync(rest, output, error),
            [LoadWorker.Verb] => (output, _) => LoadWorker.RunAsync(StandardStreams.Input, output),
            _ => null,
        };
    }

    public static Command Wrk() => Listed(
        "wrk", "Load a URL with wrk's flags and report.", "rondo wrk -t2 -c8 -d2s http://127.0.0.1:8080/healthz");

    public static Command Ab() => Listed(
        "ab", "Load a URL with ab's flags and report.", "rondo ab -n 200 -c 8 -k http://127.0.0.1:8080/healthz");

    // For the list of commands alone.
    private static Command Listed(string name, string description, string example) => new Command(name, description)
    {
        new Argument<string[]>("arguments") { Description = $"What {name} takes; see 'rondo {name} --help'" },
    }.WithExamples(example);

    private static string CalledBy()
    {
        const string CommandLine = "/proc/self/cmdline";
        return File.Exists(CommandLine)
            ? Path.GetFileNameWithoutExtension(File.ReadAllText(CommandLine).Split('\0')[0])
            : "";
    }
}
