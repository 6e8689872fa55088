using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>
/// A program that does everything right, at a brisk pace: timers, posts from threads, locks held for microseconds,
/// tasks, files and sockets used asynchronously, computations handed to the thread pool.
/// </summary>
internal sealed class HealthyLoad(TimeSpan duration)
{
    private readonly Lock _lock = new();
    private readonly object _monitor = new();
    private int _shared;
    private volatile bool _isOver;

    /// <summary>How much has been done, so that a test can see that something has.</summary>
    public int Count { get; private set; }

    public async Task RunAsync()
    {
        var loop = EventLoop.Running!;
        var threads = new[] { Start(() => Post(loop)), Start(Contend) };
        var works = new[]
        {
            loop.CreateTask(TimersAsync), loop.CreateTask(TasksAsync), loop.CreateTask(LocksAsync),
            loop.CreateTask(FilesAsync), loop.CreateTask(SocketsAsync), loop.CreateTask(ComputationsAsync),
        };
        await loop.Delay(duration);
        _isOver = true;
        foreach (var work in works)
        {
            await work;
        }

        await Task.Run(() => Array.ForEach(threads, t => t.Join()), default);
    }

    private static Thread Start(Action body)
    {
        var thread = new Thread(() => body());
        thread.Start();
        return thread;
    }

    private static async Task WorkAsync(int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            await Task.Yield();
        }
    }

    private void Post(EventLoop loop)
    {
        while (!_isOver)
        {
            loop.CallSoonThreadSafe(() => Count++);
            Thread.Sleep(1);
        }
    }

    // Holds both locks a good part of the time, though never for long.
    private void Contend()
    {
        while (!_isOver)
        {
            for (var i = 0; i < 1000; i++)
            {
                lock (_lock)
                {
                    Thread.SpinWait(50);
                    _shared++;
                }

                lock (_monitor)
                {
                    Thread.SpinWait(50);
                    _shared++;
                }
            }

            Thread.Sleep(1);
        }
    }

    private async Task TimersAsync()
    {
        var loop = EventLoop.Running!;
        while (!_isOver)
        {
            for (var i = 0; i < 100; i++)
            {
                loop.CallLater(TimeSpan.FromMilliseconds(i % 20), () => Count++);
            }

            loop.CallLater(TimeSpan.FromSeconds(1), () => Count++).Cancel();
            await loop.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private async Task TasksAsync()
    {
        var loop = EventLoop.Running!;
        while (!_isOver)
        {
            var children = Enumerable.Range(0, 20).Select(i => loop.CreateTask(() => WorkAsync(i))).ToList();
            foreach (var child in children)
            {
                await child;
                Count++;
            }

            await loop.Delay(TimeSpan.FromMilliseconds(2));
        }
    }

    private async Task LocksAsync()
    {
        while (!_isOver)
        {
            for (var i = 0; i < 100; i++)
            {
                lock (_lock)
                {
                    _shared++;
                }

                lock (_monitor)
                {
                    _shared++;
                }
            }

            Count++;
            await EventLoop.Running!.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    private async Task FilesAsync()
    {
        var path = Path.GetTempFileName();
        while (!_isOver)
        {
            await File.WriteAllTextAsync(path, new string('x', 100_000));
            Count += (await File.ReadAllTextAsync(path)).Length / 100_000;
        }

        File.Delete(path);
    }

    private async Task SocketsAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        var message = new byte[1000];
        while (!_isOver)
        {
            await client.GetStream().WriteAsync(message);
            await server.GetStream().ReadExactlyAsync(message);
            Count++;

            // Both may have completed at once: then nobody else has had a turn.
            await Task.Yield();
        }
    }

    private async Task ComputationsAsync()
    {
        var data = new byte[1_000_000];
        while (!_isOver)
        {
            await Task.Run(() => SHA256.HashData(data), default);
            Count++;
        }
    }
}
