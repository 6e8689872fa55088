using System.Threading.Channels;
using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>The debug mode as a whole.</summary>
public sealed class LoopDebuggerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Reports _reports = new();

    [Fact]
    public void Program_WithoutFaults_IsNotReportedAbout()
    {
        VirtualLoop.Run(
            async test =>
            {
                var loop = test.Loop;
                var channel = Channel.CreateBounded<int>(2);
                await TaskGroup.RunAsync(async group =>
                {
                    _ = group.Start(() => ProduceAsync(loop, channel.Writer), "producer");
                    _ = group.Start(() => ConsumeAsync(channel.Reader), "consumer");
                    _ = group.Start(() => TimeOutAsync(loop), "timeout");
                    await loop.Delay(Second);
                });
                var background = loop.CreateTask(() => TickAsync(loop), "ticker");
                await Gather.AllAsync(
                    loop.CreateTask(() => ComputeAsync(loop, 1)), loop.CreateTask(() => ComputeAsync(loop, 2)));
                await Assert.ThrowsAsync<InvalidOperationException>(FailAsync);
                background.Cancel();
                Reports.Collect();
                await loop.Delay(10 * Second);
            },
            options: _reports.Options);
        Reports.Collect();

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Debug_SwitchedOffWhileRunning_WatchesNoMore()
    {
        VirtualLoop.Run(
            async test =>
            {
                test.Loop.Debug = false;
                _ = test.Loop.CreateTask(FailAsync);
                await test.Loop.Delay(Second);
            },
            options: _reports.Options);

        Assert.Empty(_reports.All);
    }

    private static async Task ProduceAsync(EventLoop loop, ChannelWriter<int> writer)
    {
        for (var i = 0; i < 10; i++)
        {
            await loop.Delay(Second);
            await writer.WriteAsync(i);
        }

        writer.Complete();
    }

    private static async Task ConsumeAsync(ChannelReader<int> reader)
    {
        // ReadAllAsync would go on in the thread pool.
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out _))
            {
                await Task.Yield();
            }
        }
    }

    private static async Task TimeOutAsync(EventLoop loop) => await Assert.ThrowsAsync<TimeoutException>(
        () => TimeoutScope.RunAsync(Second, _ => loop.Delay(60 * Second)));

    private static async Task TickAsync(EventLoop loop)
    {
        while (true)
        {
            await loop.Delay(Second);
        }
    }

    private static async Task<int> ComputeAsync(EventLoop loop, int value)
    {
        await loop.Delay(Second);
        return value;
    }

    private static async Task FailAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("boom");
    }
}
