using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Noise;

/// <summary>What <c>rondo noise file</c> was asked.</summary>
/// <param name="Path">The recording; <c>-</c> for the standard input.</param>
public sealed record NoiseFileQuery(string Path)
{
    /// <summary>What <c>-</c> stands for.</summary>
    public Stream? Input { get; init; }

    /// <summary>
    /// An offset in dB such as <c>120</c>, or a recording of a known level such as <c>tone.wav=94</c>.
    /// </summary>
    public string? Calibration { get; init; }

    /// <summary>Which channel, from 1.</summary>
    public int Channel { get; init; } = 1;

    /// <summary>The maximum of Slow levels instead of Fast.</summary>
    public bool Slow { get; init; }

    /// <summary>A line for each second besides the summary.</summary>
    public bool Each { get; init; }

    /// <summary>JSON: an object for each line and for the summary.</summary>
    public bool Json { get; init; }

    /// <summary>Say how far it is; the error output is a terminal.</summary>
    public bool ShowsProgress { get; init; }
}

/// <summary>Measures a recording as the probe and the page measure a room, and prints the levels.</summary>
public static class NoiseFileTool
{
    private const int ReadingsBetweenProgress = 60;

    /// <summary>Prints the levels.</summary>
    /// <returns>The exit code: 1 when it is no recording that can be measured, 2 when the query cannot be
    /// read.</returns>
    public static async Task<int> RunAsync(
        NoiseFileQuery query, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            var offset = await OffsetAsync(query, cancellation);
            await using var stream = Open(query.Path, query.Input);
            await MeasureAsync(query, stream, offset, output, error, cancellation);
            return ExitCode.Ok;
        }
        catch (WavException refused)
        {
            await error.WriteLineAsync($"rondo: {query.Path}: {refused.Message}");
            return ExitCode.Failed;
        }
        catch (StartException refused)
        {
            await error.WriteLineAsync("rondo: " + refused.Message);
            return refused.ExitCode;
        }
    }

    /// <exception cref="StartException">It cannot be opened.</exception>
    internal static Stream Open(string path, Stream? input)
    {
        if (path == "-" && input is not null)
        {
            return input;
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, useAsync: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be read: {failure.Message}");
        }
    }

    // Null while nobody has said anything.
    private static async Task<double?> OffsetAsync(NoiseFileQuery query, CancellationToken cancellation)
    {
        if (query.Calibration is not { } text)
        {
            return null;
        }

        var mark = text.LastIndexOf('=');
        if (!double.TryParse(text[(mark + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || mark == 0)
        {
            throw Usage(
                $"'{text}' is neither an offset such as 120 nor a recording of a known level such as tone.wav=94.");
        }

        if (mark < 0)
        {
            return Calibration.FromOffset(number) ?? throw Usage(FormattableString.Invariant(
                $"The offset is {Calibration.Least} to {Calibration.Most} dB, not {number}."));
        }

        await using var stream = Open(text[..mark], null);
        var sound = await WavReader.OpenAsync(stream, query.Channel - 1, cancellation);
        var sum = default(EnergySum);
        await foreach (var reading in sound.MeasureAsync(new MeterOptions(), cancellation))
        {
            // The filter has settled after the first second.
            sum += reading.Start > 0 ? EnergySum.Of(reading.LAeq, reading.Duration) : default;
        }

        var measured = sum.Leq
            ?? throw new StartException($"{text[..mark]} is too short to calibrate with: take ten seconds.");
        return Calibration.FromReference(number, measured) ?? throw new StartException(FormattableString.Invariant(
            $"{text[..mark]} has {measured:0.0} dB below full scale, which cannot be {number} dB(A)."));
    }

    private static StartException Usage(string message) => new(message, ExitCode.Usage);

    private static async Task MeasureAsync(
        NoiseFileQuery query,
        Stream stream,
        double? offset,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellation)
    {
        var sound = await WavReader.OpenAsync(stream, query.Channel - 1, cancellation);
        var summary = new RecordingSummary(offset ?? Calibration.Uncalibrated);
        var options = new MeterOptions { TimeWeighting = query.Slow ? TimeWeighting.Slow : TimeWeighting.Fast };
        var report = new NoiseFileReport(query, sound, summary, isCalibrated: offset is not null);
        if (query is { Each: true, Json: false })
        {
            await output.WriteLineAsync(report.Head());
        }

        await foreach (var reading in sound.MeasureAsync(options, cancellation))
        {
            summary.Add(reading);
            if (query.Each)
            {
                await output.WriteLineAsync(report.Line(reading));
            }

            if (query.ShowsProgress && reading.Start / sound.Format.SampleRate % ReadingsBetweenProgress == 0
                && sound.Promised is > 0 and var promised)
            {
                await error.WriteAsync($"\r{100 * reading.Start / promised} % ");
            }
        }

        if (query.ShowsProgress)
        {
            await error.WriteAsync("\r      \r");
        }

        if (summary.Duration == 0)
        {
            throw new WavException("There is no sound in the WAV.");
        }

        await output.WriteLineAsync(report.Summary());
    }
}
