using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// HTTP/2 by the platform's client, on the thread pool: several times the processor time of the other engines, so that it
/// is the bottleneck much earlier, and its figures are not to be compared with theirs.
/// </summary>
internal static class Http2Engine
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GatherInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="LoadEngine.RunAsync"/>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, Action<LoadSecond> onSecond, CancellationToken stop)
    {
        var record = new Http2Record();
        var startedAt = TimeProvider.System.GetUtcNow();
        var before = Environment.CpuUsage.TotalTime;
        var clients = Enumerable.Range(0, plan.Connections).Select(_ => Client(plan, record)).ToList();
        var workers = Enumerable.Range(0, plan.Connections * plan.Streams)
            .Select(i => new Http2Worker(plan, clients[i % clients.Count], record)).ToList();
        var start = LoadClock.Now;
        var end = LoadClock.FromSeconds(plan.Seconds);
        var budget = plan.Requests ?? long.MaxValue;
        var seconds = new List<LoadSecond>();
        try
        {
            // At the end of the time what is under way is aborted, as by a stop.
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            over.CancelAfter(TimeSpan.FromSeconds(Math.Min(plan.Seconds, int.MaxValue / 1000)));
            var running = Task.WhenAll(workers.Select(w => w.RunAsync(MayStart, over.Token)));
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(GatherInterval, TimeProvider.System, CancellationToken.None))
                    .ConfigureAwait(false);
                if (LoadClock.Now - start >= (seconds.Count + 1) * (long)Second.TotalNanoseconds)
                {
                    Gather();
                }
            }

            await running.ConfigureAwait(false);
            Gather();
        }
        finally
        {
            workers.ForEach(w => w.Dispose());
            clients.ForEach(c => c.Dispose());
        }

        return record.Result(seconds, (LoadClock.Now - start) / (double)LoadClock.Second) with
        {
            StartedAt = startedAt,
            CpuSeconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds,
        };

        bool MayStart() => LoadClock.Now - start < end && Interlocked.Decrement(ref budget) >= 0;

        void Gather()
        {
            seconds.Add(record.EndSecond(seconds.Count));
            onSecond(seconds[^1]);
        }
    }

    private static HttpMessageInvoker Client(LoadPlan plan, Http2Record record)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = 1,
            EnableMultipleHttp2Connections = false,
            ConnectCallback = (_, token) => ConnectAsync(plan, record, token),
        };
        if (plan.TlsHost is { } host)
        {
            handler.SslOptions = TlsTrust.Options(host, plan.TlsInsecure, System.Net.Security.SslApplicationProtocol.Http2);
        }

        return new HttpMessageInvoker(handler);
    }

    private static async ValueTask<Stream> ConnectAsync(LoadPlan plan, Http2Record record, CancellationToken stop)
    {
        var start = LoadClock.Now;
        var address = IPAddress.Parse(plan.Address);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, plan.Port), stop).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        record.Opened(LoadClock.Now - start);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
