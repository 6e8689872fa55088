using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SoakProgram;

/// <summary>The server's process, as who sends the traffic sees it.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private ServerUnderTest(Process process, Uri[] addresses, string certificate)
    {
        _process = process;
        (Plain, PlainHttp2, Tls) = (addresses[0], addresses[1], addresses[2]);
        Certificate = certificate;
        _client = new HttpClient { BaseAddress = Plain, Timeout = TimeSpan.FromMinutes(2) };
    }

    public Uri Plain { get; }

    public Uri PlainHttp2 { get; }

    public Uri Tls { get; }

    /// <summary>Its hash.</summary>
    public string Certificate { get; }

    public static async Task<ServerUnderTest> StartAsync(string transport)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["server", transport])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var lines = new List<string>();
        while (lines.Count < 4)
        {
            lines.Add(await process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException("The server has not started."));
        }

        return new ServerUnderTest(process, [.. lines.Take(3).Select(l => new Uri(l))], lines[3]);
    }

    /// <summary>What it holds once the connections of a round are gone, or it has kept them too long.</summary>
    public async Task<ServerSample> SampleAsync()
    {
        // A client's end takes its time; what does not go within ten seconds is counted.
        var (last, same) = (int.MaxValue, 0);
        for (var i = 0; i < 200 && same < 3; i++)
        {
            await Task.Delay(50);
            var now = int.Parse(await _client.GetStringAsync("/descriptors"), CultureInfo.InvariantCulture);
            same = now == last ? same + 1 : 0;
            last = now;
        }

        return JsonSerializer.Deserialize<ServerSample>(await _client.GetStringAsync("/sample"))!;
    }

    /// <summary>Whether it ends by itself when it is told to.</summary>
    public async Task<bool> StopAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            return _process.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
