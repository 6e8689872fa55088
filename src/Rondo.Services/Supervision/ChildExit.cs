using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Supervision;

/// <summary>How a process has ended.</summary>
/// <param name="Code">As the platform tells it; null when it could not even be started.</param>
/// <param name="Failure">Why it could not be started.</param>
internal readonly record struct ChildExit(int? Code, string? Failure = null)
{
    // What the platform adds to a signal's number.
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    /// <summary>Whether its command line was refused: the next start will be refused as well.</summary>
    public bool IsMisuse => Code == ExitCode.Usage;

    /// <summary>The signal that ended it; null for an end of its own.</summary>
    public string? Signal => Number switch
    {
        null => null,
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        6 => "ABRT",
        7 => "BUS",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        15 => "TERM",
        var number => number.Value.ToString(CultureInfo.InvariantCulture),
    };

    private int? Number => Code is > SignalBase and <= SignalBase + LastSignal ? Code - SignalBase : null;

    public string Text => Failure ?? (Signal is { } signal
        ? $"signal {signal}"
        : string.Create(CultureInfo.InvariantCulture, $"exit code {Code}"));
}
