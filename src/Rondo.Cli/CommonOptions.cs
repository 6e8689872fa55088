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

    public static Option<string?> DatabaseFile() => new("--database-file")
    {
        Description = "A file that only its owner can read, with the connection string of the PostgreSQL database that "
            + "keeps everything [default: RONDO_DATABASE, else the data folder does]",
        HelpName = "FILE",
    };

    /// <summary>What many try first, and nobody should: it is there to say so.</summary>
    public static Option<string?> Database()
    {
        var refused = new Option<string?>("--database") { Hidden = true };
        refused.Validators.Add(result => result.AddError(
            "A password on a command line is seen by everybody on this machine: write the connection string into a file, "
                + "chmod 600 it, and use --database-file FILE. Or set RONDO_DATABASE."));
        return refused;
    }

    /// <summary>Likewise.</summary>
    public static Option<string?> Key()
    {
        var refused = new Option<string?>("--key") { Hidden = true };
        refused.Validators.Add(result => result.AddError(
            "A key on a command line is seen by everybody on this machine: write it into a file, chmod 600 it, and use "
                + "--key-file FILE. Or set RONDO_KEY."));
        return refused;
    }

    public static Option<string?> Rates() => new("--rates")
    {
        Description = "Use only this file of rates: the ECB's zip, CSV or XML, or a fixer-shaped JSON",
        HelpName = "FILE",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };
}
