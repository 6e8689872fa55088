using System.Text.Json;

namespace Rondo.Cli.Tests.Noise;

public sealed class NoiseFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The peak is that of the tone, and of its sudden beginning.</summary>
    [Fact]
    public async Task File_Calibrator_ReadsItsLevelWithTheRightOffset()
    {
        var tone = Recording.Tone(_folder, "tone.wav", 3, Recording.Of94Decibels);

        var (exitCode, output, error) = await RondoProcess.RunAsync(
            _folder, "noise", "file", tone, "--calibration", "120");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(
            [
                $"{tone}: 3.0 s, 48000 Hz, 1 channel, 16 bit", "Calibrated: 120.0 dB(A) at full scale.", "",
                "  LAeq      94.0 dB(A)", "  LAFmax    94.0 dB(A)", "  LCpeak    97.3 dB(C)",
                "  L10       94.0 dB(A)", "  L50       94.0 dB(A)", "  L90       94.0 dB(A)", "",
                "L10, L50 and L90 are of the LAeq of 3 seconds; fewer than 100 are a rough guess.", "",
            ],
            output.Split('\n'));
    }

    /// <summary>A microphone of which only a recording of a calibrator is known.</summary>
    [Fact]
    public async Task File_CalibratedByARecording_ReadsWhatThatSays()
    {
        var known = Recording.Tone(_folder, "known.wav", 3, 0.01);
        var louder = Recording.Tone(_folder, "louder.wav", 3, 0.1);

        var (exitCode, output, _) = await RondoProcess.RunAsync(
            _folder, "noise", "file", louder, "--calibration", known + "=60", "--json");

        Assert.Equal(0, exitCode);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(80.0, summary.RootElement.GetProperty("laeq").GetDouble());
        Assert.Equal(103.0, summary.RootElement.GetProperty("offset").GetDouble());
        Assert.Empty(summary.RootElement.GetProperty("flags").EnumerateArray());
    }

    /// <summary>59 s of 50 dB and 1 s of 100 are 82.2 dB; half of the time it is 50.</summary>
    [Fact]
    public async Task File_EachSecond_IsALineAndTheSummaryTheMeanOfTheirPower()
    {
        var quiet = Enumerable.Repeat(Math.Sqrt(2) * Math.Pow(10, -70 / 20.0), 59);
        var wav = Recording.Tone(_folder, "mixed.wav", 1, [.. quiet, Math.Sqrt(2) * Math.Pow(10, -20 / 20.0)]);

        var (_, output, _) = await RondoProcess.RunAsync(_folder, "noise", "file", wav, "--each", "--json");

        var lines = output.TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(61, lines.Count);
        Assert.Equal(58, lines[58].GetProperty("t").GetDouble());
        Assert.Equal(50.0, lines[58].GetProperty("laeq").GetDouble(), 0.15);
        Assert.Equal(100.0, lines[59].GetProperty("laeq").GetDouble(), 0.15);
        Assert.Equal(82.2, lines[60].GetProperty("laeq").GetDouble(), 0.15);
        Assert.Equal(50.0, lines[60].GetProperty("l50").GetDouble(), 0.15);
        Assert.Equal("uncalibrated", lines[60].GetProperty("flags").EnumerateArray().Single().GetString());
    }

    [Fact]
    public async Task File_ClippedAndCutShort_IsMeasuredAndSaysSo()
    {
        var wav = Recording.Tone(_folder, "loud.wav", 2, 1.5);
        await File.WriteAllBytesAsync(
            wav, (await File.ReadAllBytesAsync(wav, TestContext.Current.CancellationToken))[..100_000],
            TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await RondoProcess.RunAsync(_folder, "noise", "file", wav);

        Assert.Equal(0, exitCode);
        Assert.Contains("\nUncalibrated, ±10 dB: 120.0 dB(A) is taken", output, StringComparison.Ordinal);
        Assert.Contains("\nclipped: 1.0 s; the true level was higher\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\ntruncated: the head promises 2.0 s\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "cannot be read", "none.wav")]
    [InlineData(1, "does not begin as a WAV does", "text.wav")]
    [InlineData(1, "There is no channel 2: the recording has 1.", "tone.wav", "--channel", "2")]
    [InlineData(1, "too short to calibrate with", "tone.wav", "--calibration", "tone.wav=94")]
    [InlineData(2, "The offset is 60 to 180 dB, not 500.", "tone.wav", "--calibration", "500")]
    [InlineData(2, "neither an offset", "tone.wav", "--calibration", "loud")]
    [InlineData(2, "--channel is 1 to 64.", "tone.wav", "--channel", "0")]
    public async Task File_Impossible_SaysWhyOnStandardError(
        int expected, string message, string wav, params string[] rest)
    {
        Recording.Tone(_folder, "tone.wav", 0.5, 0.1);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "text.wav"), "no sound at all", TestContext.Current.CancellationToken);
        string[] arguments = [.. rest.Select(r => r.EndsWith("=94", StringComparison.Ordinal) ? $"{_folder}/{r}" : r)];

        var (exitCode, output, error) = await RondoProcess.RunAsync(
            _folder, ["noise", "file", Path.Combine(_folder, wav), .. arguments]);

        Assert.Equal((expected, ""), (exitCode, output));
        Assert.StartsWith("rondo: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
