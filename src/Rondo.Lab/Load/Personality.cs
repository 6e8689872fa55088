using Rondo.Lab.Load.Tool;

namespace Rondo.Lab.Load;

/// <summary>What the tools that speak like others have in common.</summary>
internal static class Personality
{
    /// <summary>The message that stands for the usage alone.</summary>
    public const string NoUrl = "";

    /// <summary>Runs a tool, and turns what went wrong into its message and exit code.</summary>
    public static async Task<int> RunAsync(
        string name, string usage, TextWriter error, Func<Interruption, Task<int>> run)
    {
        using var interruption = new Interruption();
        try
        {
            return await run(interruption);
        }
        catch (LoadException e)
        {
            await error.WriteLineAsync(e.Message == NoUrl ? usage : $"{name}: {e.Message}");
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync($"{name}: interrupted before there was anything to report");
            return LoadExit.Interrupted;
        }
    }

    /// <summary>The value of an option as a count.</summary>
    /// <exception cref="LoadException">It is none.</exception>
    public static long Count(CommandLine line, char letter, long otherwise) =>
        line.Value(letter) is not { } text ? otherwise
        : Quantity.TryCount(text, out var count) && count >= 1 ? count
        : throw new LoadException($"-{letter} takes a number above 0, not '{text}'", LoadExit.Usage);

    /// <summary>The value of an option in seconds.</summary>
    /// <exception cref="LoadException">It is none.</exception>
    public static double Seconds(CommandLine line, char letter, double otherwise) =>
        line.Value(letter) is not { } text ? otherwise
        : Quantity.TrySeconds(text, out var seconds) && seconds > 0 ? seconds
        : throw new LoadException($"'{text}' is no time above 0, such as 10s", LoadExit.Usage);

    /// <summary>Writes the result as JSON beside the other tool's report.</summary>
    public static async Task WriteJsonAsync(string? file, LoadPlan plan, LoadResult result)
    {
        if (file is not null)
        {
            await ResultFiles.WriteAsync(file, LoadJson.Write(plan, result, LoadChecks.Of(plan, result)));
        }
    }
}
