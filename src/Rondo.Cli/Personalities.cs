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

    public static Command Wrk() => Listed("wrk", "Load a URL with wrk's flags and report.");

    public static Command Ab() => Listed("ab", "Load a URL with ab's flags and report.");

    // For the list of commands alone.
    private static Command Listed(string name, string description) => new(name, description)
    {
        new Argument<string[]>("arguments") { Description = $"What {name} takes; see 'rondo {name} --help'" },
    };

    private static string CalledBy()
    {
        const string CommandLine = "/proc/self/cmdline";
        return File.Exists(CommandLine)
            ? Path.GetFileNameWithoutExtension(File.ReadAllText(CommandLine).Split('\0')[0])
            : "";
    }
}
