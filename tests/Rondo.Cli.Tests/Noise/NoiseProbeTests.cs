using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Noise;

/// <summary>
/// The probe against the real server. About real time: a second of sound takes a second, whoever plays it.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class NoiseProbeTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-cli-").FullName;
    private RondoProcess? _server;
    private string _url = "http://127.0.0.1:0";
    private string _admin = "";

    private string TokenFile => Path.Combine(_folder, "token.json");

    public async ValueTask InitializeAsync()
    {
        await StartServerAsync();
        await OrderAsync(HttpMethod.Put, "/noise/rooms/lobby", new { kind = "lobby" });
        await File.WriteAllTextAsync(
            TokenFile, await OrderAsync(HttpMethod.Post, "/noise/rooms/lobby/devices", new { device = "d1" }));
        File.SetUnixFileMode(TokenFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Probe_Recording_ArrivesAsTheLevelThatFilePrints()
    {
        var tone = Recording.Tone(_folder, "tone.wav", 3, Recording.Of94Decibels);

        using var probe = ProbeProcess.Start([], "--url", _url, "--token-file", TokenFile, "--file", tone);
        var (exitCode, output, error) = await probe.ExitAsync();

        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith($"Measuring {tone}: 48000 Hz, 1 channel, 16 bit. Only levels are sent.\n", output);
        using var room = JsonDocument.Parse(await ReadAsync("/noise/rooms/lobby"));
        Assert.Equal(94.0, room.RootElement.GetProperty("laeq").GetDouble());
        Assert.Equal(
            ["uncalibrated", "simulated"],
            room.RootElement.GetProperty("quality").EnumerateArray().Select(q => q.GetString()));
        Assert.Equal(3, await AckAsync());
    }

    /// <summary>What waits while the server is away, arrives when it is there again.</summary>
    [Fact]
    public async Task Probe_ServerKilledMeanwhile_SendsEverySecondOnce()
    {
        var tone = Recording.Tone(_folder, "tone.wav", 10, Recording.Of94Decibels);
        using var probe = ProbeProcess.Start([], "--url", _url, "--token-file", TokenFile, "--file", tone);
        await UntilAckAsync(2);

        await _server!.DisposeAsync();
        await StartServerAsync();
        var (exitCode, output, _) = await probe.ExitAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal(2, Regex.Count(output, "Connected to "));
        Assert.Contains("Trying again; levels wait here for up to 10 minutes.", output, StringComparison.Ordinal);
        Assert.Equal(10, await AckAsync());
    }

    /// <summary>
    /// A microphone that records at another rate than it was asked for, and is pulled out after two seconds.
    /// </summary>
    [Fact]
    public async Task Probe_Arecord_IsStartedAndItsRealRateCounts()
    {
        var raw = Path.Combine(_folder, "raw");
        await File.WriteAllBytesAsync(
            raw, Recording.Bytes(2, Recording.Of94Decibels)[44..], TestContext.Current.CancellationToken);
        var path = Arecord($"""
            echo "$@" > {_folder}/arguments
            echo 'Warning: rate is not accurate (requested = 48000Hz, got = 44100Hz)' >&2
            sleep 0.5
            cat {raw}
            echo 'arecord: pcm_read:2221: read error: No such device' >&2
            exit 1
            """);

        using var probe = ProbeProcess.Start(
            new() { ["PATH"] = path + ":/usr/bin:/bin" }, "--url", _url, "--token-file", TokenFile, "--device", "hw:7");
        var (exitCode, output, error) = await probe.ExitAsync();

        Assert.StartsWith("Measuring hw:7: 44100 Hz, 1 channel, 16 bit.", output);
        Assert.Equal(1, exitCode);
        Assert.Contains("read error: No such device", error, StringComparison.Ordinal);
        Assert.Contains("--device plughw:7", error, StringComparison.Ordinal);
        Assert.Equal(
            "--quiet -D hw:7 -t raw -f S16_LE -c 1 -r 48000\n",
            await File.ReadAllTextAsync(Path.Combine(_folder, "arguments"), TestContext.Current.CancellationToken));
        Assert.Equal(3, await AckAsync());
    }

    [Fact]
    public async Task Probe_StandardInput_IsMeasuredUntilASignal()
    {
        using var probe = ProbeProcess.Start(
            [], "--url", _url, "--token-file", TokenFile, "--file", "-", "--rate", "48000");
        await probe.Input.WriteAsync(
            Recording.Bytes(2, Recording.Of94Decibels).AsMemory(44), TestContext.Current.CancellationToken);
        await probe.Input.FlushAsync(TestContext.Current.CancellationToken);
        await UntilAckAsync(2);

        probe.Signal("TERM");
        var (exitCode, _, error) = await probe.ExitAsync();

        Assert.Equal((0, ""), (exitCode, error));
    }

    [Fact]
    public async Task Probe_WithoutArecord_NamesThePackage()
    {
        using var probe = ProbeProcess.Start(
            new() { ["PATH"] = _folder }, "--url", _url, "--token-file", TokenFile);

        var (exitCode, _, error) = await probe.ExitAsync();

        Assert.Equal(1, exitCode);
        Assert.StartsWith("rondo: arecord is not installed. It is in the package alsa-utils", error);
    }

    [Fact]
    public async Task Probe_TokenOfAVariable_NeedsItsRoomAndDeviceNamed()
    {
        var tone = Recording.Tone(_folder, "tone.wav", 1, 0.1);
        using var answer = JsonDocument.Parse(
            await File.ReadAllTextAsync(TokenFile, TestContext.Current.CancellationToken));
        var token = new Dictionary<string, string>
        {
            ["RONDO_TOKEN"] = answer.RootElement.GetProperty("token").GetString()!,
        };

        using var incomplete = ProbeProcess.Start(token, "--url", _url, "--file", tone, "--room", "lobby");
        var refused = await incomplete.ExitAsync();
        using var complete = ProbeProcess.Start(token, "--url", _url, "--file", tone, "--room", "lobby", "--as", "d1");
        var done = await complete.ExitAsync();

        Assert.Equal(
            (2, "rondo: The token alone does not say which device it is for: give --as.\n"),
            (refused.ExitCode, refused.Error));
        Assert.Equal((0, ""), (done.ExitCode, done.Error));
    }

    [Fact]
    public async Task Probe_Impossible_SaysWhyAndNeverTheToken()
    {
        var tone = Recording.Tone(_folder, "tone.wav", 3, 0.1);
        var token = new Dictionary<string, string> { ["RONDO_TOKEN"] = "nd_secretsecretsecret" };
        string[] who = ["--room", "lobby", "--as", "d1"];
        string[] what = ["--file", tone];
        (int, string, Dictionary<string, string>, string[])[] cases =
        [
            (2, "--token-file FILE, or the variable RONDO_TOKEN", [], ["--url", _url, .. what]),
            (2, "is no address", token, ["--url", "lobby", .. who, .. what]),
            (2, "--room 'LOBBY'", token, ["--url", _url, "--room", "LOBBY", "--as", "d1", .. what]),
            (1, "refuses this device", token, ["--url", _url, .. who, .. what]),
            (1, "is not there", token, ["--url", _url + "/elsewhere", .. who, .. what]),
            (1, "cannot be read", token, ["--url", _url, .. who, "--file", _folder + "/none.wav"]),
            (1, "does not begin as a WAV does", token, ["--url", _url, .. who, "--file", TokenFile]),
        ];
        foreach (var (expected, message, environment, arguments) in cases)
        {
            using var probe = ProbeProcess.Start(environment, arguments);
            var (exitCode, output, error) = await probe.ExitAsync();

            Assert.Contains(message, error, StringComparison.Ordinal);
            Assert.Equal(expected, exitCode);
            Assert.DoesNotContain("secret", output + error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Probe_TokenThatOthersCanRead_IsRefused()
    {
        File.SetUnixFileMode(TokenFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        using var probe = ProbeProcess.Start([], "--url", _url, "--token-file", TokenFile);

        var (exitCode, _, error) = await probe.ExitAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("chmod 600", error, StringComparison.Ordinal);
    }

    private string Arecord(string script)
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        var file = Path.Combine(path, "arecord");
        File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private async Task StartServerAsync()
    {
        _server = RondoProcess.Start(Path.Combine(_folder, "data"), "up", "--offline", "--urls", _url);
        var printed = await _server.ReadUntilAsync("/currency/status");
        _url = Address().Match(printed).Value;
        _admin = AdminKey().Match(printed) is { Success: true } key ? key.Value : _admin;
    }

    private async Task<long> AckAsync()
    {
        using var devices = JsonDocument.Parse(
            await OrderAsync(HttpMethod.Get, "/noise/rooms/lobby/devices", content: null));
        return devices.RootElement.GetProperty("devices")[0].GetProperty("ack").GetInt64();
    }

    private async Task UntilAckAsync(long seq)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (await AckAsync() < seq)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private Task<string> ReadAsync(string path) => OrderAsync(HttpMethod.Get, path, content: null);

    private async Task<string> OrderAsync(HttpMethod method, string path, object? content)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, _url + path)
        {
            Content = content is null ? null : JsonContent.Create(content),
            Headers = { { "X-API-Key", _admin } },
        };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, body);
        return body;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"ak_\w{8}_\w{49}")]
    private static partial Regex AdminKey();
}
