using System.Runtime.InteropServices;
using Rondo.Services.Hosting;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Noise.Metering;
using Rondo.Services.Noise.Probing;

namespace Rondo.Services.Noise;

/// <summary>What <c>rondo noise probe</c> was asked.</summary>
/// <param name="Url">Where the server is.</param>
public sealed record NoiseProbeQuery(string Url)
{
    /// <summary>The room's id; null when the token's file says it.</summary>
    public string? RoomId { get; init; }

    /// <summary>The device's id; null when the token's file says it.</summary>
    public string? As { get; init; }

    /// <summary>A file with the device's token; the variable <c>RONDO_TOKEN</c> when null.</summary>
    public string? TokenFile { get; init; }

    /// <summary>ALSA's name of the microphone.</summary>
    public string Microphone { get; init; } = "default";

    /// <summary>A WAV instead of the microphone; <c>-</c> for the standard input.</summary>
    public string? Path { get; init; }

    /// <summary>What <c>-</c> stands for.</summary>
    public Stream? Input { get; init; }

    /// <summary>
    /// Samples per second that the microphone is asked for; of the input: that it has no head, and so many.
    /// </summary>
    public int? Rate { get; init; }

    /// <summary>Show the level of each second; the error output is a terminal.</summary>
    public bool ShowsLevels { get; init; }
}

/// <summary>
/// Measures a room where there is no browser, and tells a Rondo its levels. No sound leaves the machine, and none is
/// kept.
/// </summary>
public static class NoiseProbeTool
{
    private const int UsualRate = 48_000;

    // Less at the end of a recording is no measurement.
    private const double LeastSeconds = 0.1;

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(15);

    /// <summary>Measures until the sound or the program is ended.</summary>
    /// <returns>The exit code: 1 when there is no sound or the server refuses the device, 2 when the query is
    /// none.</returns>
    public static async Task<int> RunAsync(
        NoiseProbeQuery query, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stop);
        try
        {
            await ProbeAsync(query, TargetOf(query), output, error, stop.Token);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (WavException refused)
        {
            await error.WriteLineAsync($"rondo: {query.Path ?? query.Microphone}: {refused.Message}");
            return ExitCode.Failed;
        }
        catch (StartException refused)
        {
            await error.WriteLineAsync("rondo: " + refused.Message);
            return refused.ExitCode;
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

    private static ProbeTarget TargetOf(NoiseProbeQuery query)
    {
        var address = ProbeTarget.AddressOf(query.Url);
        var token = query.TokenFile is { } file
            ? PrivateFile.ReadText(file)
            : Environment.GetEnvironmentVariable("RONDO_TOKEN") ?? throw new StartException(
                "The device's token is missing: --token-file FILE, or the variable RONDO_TOKEN. "
                    + "POST /noise/rooms/ROOM/devices makes one.",
                ExitCode.Usage);
        return ProbeTarget.Read(token, address, query.RoomId, query.As) with
        {
            IsSimulated = query.Path is not (null or "-"),
        };
    }

    private static async Task ProbeAsync(
        NoiseProbeQuery query, ProbeTarget target, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        await using var source = query.Path switch
        {
            null => SoundSource.Record(query.Microphone, query.Rate ?? UsualRate),
            "-" => SoundSource.OpenInput(query.Input!, query.Rate),
            var path => SoundSource.OpenFile(path),
        };
        var sound = await source.OpenAsync(cancellation);
        output.WriteLine($"Measuring {source.Name}: {sound.Format}. Only levels are sent.");
        using var pending = new PendingFrames();
        var time = TimeProvider.System;
        var link = new ProbeLink(
            target with { SampleRate = sound.Format.SampleRate }, pending, time, new Random(), output.WriteLine);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = link.RunAsync(ended.Token);
        var measuring = MeasureAsync(
            source, sound, pending, time, reading => Show(query, error, link, pending, reading), ended.Token);
        var first = await Task.WhenAny(sending, measuring);
        try
        {
            await first;
            await DrainAsync(pending, sending, time, ended.Token);
            if (await source.EndAsync(ended.Token) is { } reason)
            {
                throw new StartException(reason);
            }
        }
        finally
        {
            await ended.CancelAsync();
        }

        if (pending.Count > 0)
        {
            throw new StartException($"{pending.Count} of the measured seconds have not reached the server.");
        }
    }

    private static async Task MeasureAsync(
        SoundSource source,
        WavReader sound,
        PendingFrames pending,
        TimeProvider time,
        Action<MeterReading> show,
        CancellationToken cancellation)
    {
        var clock = new FrameClock();
        var began = time.GetTimestamp();
        await foreach (var reading in sound.MeasureAsync(new MeterOptions(), cancellation))
        {
            if (source.IsRecording)
            {
                // A recording takes as long as what it has recorded.
                var end = TimeSpan.FromSeconds(((double)reading.Start / sound.Format.SampleRate) + reading.Duration);
                var wait = end - time.GetElapsedTime(began);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, cancellation);
            }

            if (reading.Duration >= LeastSeconds)
            {
                pending.Add(clock.Next(TimeSpan.FromSeconds(reading.Duration), time.GetUtcNow()), reading);
                show(reading);
            }
        }
    }

    // What was measured last is on its way.
    private static async Task DrainAsync(
        PendingFrames pending, Task sending, TimeProvider time, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; pending.Count > 0 && waited < LastWords && !sending.IsCompleted;)
        {
            var step = TimeSpan.FromMilliseconds(50);
            await Task.Delay(step, time, cancellation);
            waited += step;
        }

        if (sending.IsFaulted)
        {
            await sending;
        }
    }

    private static void Show(
        NoiseProbeQuery query, TextWriter error, ProbeLink link, PendingFrames pending, in MeterReading reading)
    {
        if (!query.ShowsLevels)
        {
            return;
        }

        var levels = CalibratedLevels.Of(reading, link.Offset ?? Calibration.Uncalibrated);
        var quality = reading.Flags | (link.Offset is null ? LevelFlags.Uncalibrated : 0);
        error.Write(
            $"\r{levels.LAeq,6:0.0} dB(A), at most {levels.LAMax,5:0.0}; {(link.IsOpen ? "" : "not ")}connected, "
                + $"{pending.Count} waiting; {string.Join(", ", quality.Names())}    ");
    }
}
