using System.CommandLine;

namespace Rondo.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Say more: every request in a server's log, the source of a rate.",
        Recursive = true,
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "The data folder [default: RONDO_DATA, else $XDG_DATA_HOME/rondo]",
        HelpName = "DIR",
    };

    public static Option<string?> Rates() => new("--rates")
    {
        Description = "Use only this file of rates: the ECB's zip, CSV or XML, or a fixer-shaped JSON",
        HelpName = "FILE",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };
}
