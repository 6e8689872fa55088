namespace Rondo.Benchmarks;

/// <summary>A hundred downloads at once through a gateway: what it holds beyond what it held idle.</summary>
internal static class GatewayDownloads
{
    private const int Downloads = 100;
    private const string File = "file";

    /// <summary>Starts what is downloaded from, on core 1.</summary>
    public static async Task<ServerProcess> StartUpstreamAsync(int port, int megabytes, ScratchFolder folder)
    {
        using (var file = System.IO.File.Create(Path.Combine(folder.Path, File)))
        {
            file.SetLength(megabytes * 1024L * 1024);
        }

        var location = $"server {{ listen 127.0.0.1:{port} backlog=4096; root {folder.Path}; }}";
        return await ServerProcess.StartOnAsync(
            1, "files", port, "nginx", "-p", folder.Path,
            "-c", folder.Write("files", GatewayProxy.NginxServer(port, folder.Path, location)));
    }

    /// <summary>Megabytes above idle at the peak, and seconds that it all took.</summary>
    public static async Task<(double Megabytes, double Seconds)> RunAsync(GatewayProxy proxy, int megabytes)
    {
        // Once before, so that what it needs anyway is there.
        await DownloadAsync(proxy, megabytes);
        proxy.Server.ForgetPeak();
        var idle = proxy.Server.ResidentMegabytes;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Downloads).Select(_ => DownloadAsync(proxy, megabytes)));
        return (proxy.Server.PeakMegabytes - idle, clock.Elapsed.TotalSeconds);
    }

    private static async Task DownloadAsync(GatewayProxy proxy, int megabytes)
    {
        using var answer = await proxy.Server.Client.GetAsync(
            proxy.Path + File, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        var left = megabytes * 1024L * 1024;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
        {
            left -= read;
        }

        if (left != 0)
        {
            throw new InvalidOperationException($"{proxy.Name} has sent {left} bytes too few.");
        }
    }
}
