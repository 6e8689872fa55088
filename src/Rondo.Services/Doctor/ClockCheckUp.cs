using Microsoft.Data.Sqlite;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Doctor;

/// <summary>This machine's clock against all others that there are, and against itself.</summary>
internal static class ClockCheckUp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SmallStep = TimeSpan.FromMilliseconds(500);

    // An answer takes its time, and a Date header has whole seconds.
    private static readonly TimeSpan Small = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Large = TimeSpan.FromMinutes(1);

    /// <param name="patient">Whose clock.</param>
    /// <param name="others">Other clocks: whose, what they said, and when that came by ours.</param>
    public static Finding Look(Patient patient, IReadOnlyList<(string Whose, DateTimeOffset Said, DateTimeOffset Ours)> others)
    {
        var now = patient.Time.GetUtcNow();
        var newest = NewestEvent(patient);
        var text = $"{now:yyyy-MM-ddTHH:mm:ssZ}";
        if (newest is { } event_ && event_ - now > Small)
        {
            return Finding.Fail(
                FindingCodes.Clock, $"{text}, and the newest event is {Text(event_ - now)} later: the clock was set back");
        }

        var worst = others.Select(o => (o.Whose, Off: o.Ours - o.Said)).OrderByDescending(o => o.Off.Duration()).FirstOrDefault();
        if (worst.Whose is null)
        {
            return Finding.Ok(
                FindingCodes.Clock, newest is null ? $"{text}, nothing to compare it with" : $"{text}, after the newest event");
        }

        var off = worst.Off.Duration();
        var measured = $"{text}, {Text(off)} {(worst.Off > TimeSpan.Zero ? "ahead of" : "behind")} {worst.Whose}";
        return off > Large ? Finding.Fail(FindingCodes.Clock, measured)
            : off > Small ? Finding.Warn(FindingCodes.Clock, measured)
            : Finding.Ok(FindingCodes.Clock, measured);
    }

    /// <summary>Whether the clock has gone on as evenly as the one that nobody sets.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="began">What it said at the beginning.</param>
    /// <param name="stamp">The other one then.</param>
    public static Finding Steps(TimeProvider time, DateTimeOffset began, long stamp)
    {
        var elapsed = time.GetElapsedTime(stamp);
        var step = time.GetUtcNow() - began - elapsed;
        return step.Duration() > SmallStep
            ? Finding.Fail(FindingCodes.ClockSteps, $"the clock jumped by {Text(step)} within {Text(elapsed)}")
            : Finding.Ok(FindingCodes.ClockSteps, $"even within {Text(elapsed)}");
    }

    private static DateTimeOffset? NewestEvent(Patient patient)
    {
        var path = EventFile.PathIn(patient.Folder);
        if (patient.Address is not null || !File.Exists(path))
        {
            return null;
        }

        try
        {
            using var connection = EventFile.OpenForReading(path, Patience);
            return DateTimeOffset.FromUnixTimeMilliseconds(
                EventFile.Scalar(connection, "SELECT coalesce(max(at), 0) FROM streams"));
        }
        catch (Exception error) when (error is SqliteException or StartException)
        {
            // That it is damaged is another finding.
            return null;
        }
    }

    private static string Text(TimeSpan time) => time.Duration() >= TimeSpan.FromMinutes(2)
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
