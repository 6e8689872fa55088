using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rondo.Services.Hosting;
using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Noise.Probing;

/// <summary>Where a probe's sound comes from: <c>arecord</c>, the standard input, or a recording.</summary>
internal sealed partial class SoundSource : IAsyncDisposable
{
    private const int FileNotFound = 2;
    private const int MostErrors = 5;

    // What arecord writes is worth nothing else than its last lines.
    private readonly Queue<string> _errors = new();
    private readonly Process? _recorder;
    private readonly Stream _stream;
    private int _rate;

    private SoundSource(Stream stream, string name, Process? recorder = null, int rate = 0) =>
        (_stream, Name, _recorder, _rate) = (stream, name, recorder, rate);

    /// <summary>What the user knows it by.</summary>
    public string Name { get; }

    /// <summary>Whether it gives everything at once and has to be told when a second is over.</summary>
    public bool IsRecording { get; private init; }

    /// <exception cref="StartException">It cannot be read.</exception>
    public static SoundSource OpenFile(string path) =>
        new(NoiseFileTool.Open(path, null), path) { IsRecording = true };

    /// <summary>
    /// A WAV on the standard input, or plain samples (16 bit, little-endian, one channel) of a given rate.
    /// </summary>
    public static SoundSource OpenInput(Stream input, int? rate) => new(input, "standard input", null, rate ?? 0);

    /// <exception cref="StartException"><c>arecord</c> cannot be started.</exception>
    public static SoundSource Record(string device, int rate)
    {
        // Without a head: that of a WAV ends after 2 GB, which are six hours.
        string[] arguments =
        [
            "--quiet", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1",
            "-r", rate.ToString(CultureInfo.InvariantCulture),
        ];
        try
        {
            var process = Process.Start(new ProcessStartInfo("arecord", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["LC_ALL"] = "C" },
            })!;
            var source = new SoundSource(process.StandardOutput.BaseStream, device, process, rate);
            process.ErrorDataReceived += (_, line) => source.Note(line.Data);
            process.BeginErrorReadLine();
            return source;
        }
        catch (Win32Exception missing) when (missing.NativeErrorCode == FileNotFound)
        {
            throw new StartException(
                "arecord is not installed. It is in the package alsa-utils: apt install alsa-utils. Or pipe a WAV into "
                    + "'rondo noise probe --file -'.");
        }
    }

    /// <summary>Waits for the first sound; only then is its rate certain.</summary>
    /// <exception cref="WavException">It is no sound.</exception>
    public async Task<WavReader> OpenAsync(CancellationToken cancellation)
    {
        if (_rate == 0)
        {
            return await WavReader.OpenAsync(_stream, 0, cancellation);
        }

        if (_recorder is not null)
        {
            // One sample: by then arecord has said which rate it got.
            var first = new byte[2];
            await _stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellation);
        }

        return WavReader.OpenRaw(_stream, new WavFormat(Volatile.Read(ref _rate), 1, 16, false));
    }

    /// <summary>Why there is no more sound; null when that is as it should be.</summary>
    public async Task<string?> EndAsync(CancellationToken cancellation)
    {
        if (_recorder is null)
        {
            return null;
        }

        await _recorder.WaitForExitAsync(cancellation);
        var said = string.Join(" ", _errors.DefaultIfEmpty("It does not say why."));
        var advice = Name.StartsWith("hw:", StringComparison.Ordinal)
            ? $" If the microphone has another format, --device plug{Name} converts it."
            : " 'arecord -l' lists the microphones.";
        return $"arecord has ended ({_recorder.ExitCode}): {said}{advice}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_recorder is { HasExited: false })
        {
            _recorder.Kill();
        }

        await _stream.DisposeAsync();
        _recorder?.Dispose();
    }

    private void Note(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        // A microphone that cannot do what it is asked for records at what it can, and arecord goes on.
        if (RateText().Match(line) is { Success: true } got)
        {
            Volatile.Write(ref _rate, int.Parse(got.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }

        lock (_errors)
        {
            _errors.Enqueue(line.Trim());
            while (_errors.Count > MostErrors)
            {
                _errors.Dequeue();
            }
        }
    }

    [GeneratedRegex(@"got = (\d{4,6})\s*Hz")]
    private static partial Regex RateText();
}
