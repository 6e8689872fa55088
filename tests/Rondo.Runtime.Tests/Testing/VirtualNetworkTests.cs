#pragma warning disable xUnit1051 // The scope around the test cancels what waits in it.

using System.Net.Sockets;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>Connections inside a virtual loop, and what may happen to them.</summary>
public sealed class VirtualNetworkTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Bytes_ArriveInOrderAfterTheLatency() => Run(async (test, client, server) =>
    {
        test.Network.Conditions = new LinkConditions { Latency = 10 * Millisecond, Jitter = 30 * Millisecond };
        var before = test.Loop.Time;
        for (var i = 0; i < 100; i++)
        {
            await client.WriteAsync(new byte[] { (byte)i });
        }

        client.CloseWrite();
        var received = await ReadToEndAsync(server);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), received);
        Assert.InRange(test.Loop.Time - before, 10 * Millisecond, 40 * Millisecond);
    });

    [Fact]
    public void Connect_TakesBothWaysAndKnowsTheNames() => VirtualLoop.Run(async test =>
    {
        test.Network.SetLink("client", "db", new LinkConditions { Latency = 10 * Millisecond });
        using var listener = test.Network.Listen("db:5432");
        using var client = await test.Network.ConnectAsync("db:5432");
        Assert.Equal(20 * Millisecond, test.Loop.Time);
        using var server = await listener.AcceptAsync();

        Assert.Equal(("client", "db:5432"), (client.LocalName, client.RemoteName));
        Assert.Equal(("db:5432", "client"), (server.LocalName, server.RemoteName));
    });

    [Fact]
    public void Connect_NobodyListensOrBacklogIsFull_IsRefused() => VirtualLoop.Run(async test =>
    {
        await AssertRefusedAsync("nobody");

        using var listener = test.Network.Listen("busy", backlog: 1);
        using var first = await test.Network.ConnectAsync("busy");
        await AssertRefusedAsync("busy");

        async Task AssertRefusedAsync(string name)
        {
            var error = await Assert.ThrowsAsync<SocketException>(() => test.Network.ConnectAsync(name));
            Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        }
    });

    [Fact]
    public void Listen_NameInUse_IsRefusedUntilItIsFree() => VirtualLoop.Run(test =>
    {
        var listener = test.Network.Listen("name");
        Assert.Throws<SocketException>(() => test.Network.Listen("name"));
        listener.Dispose();
        test.Network.Listen("name").Dispose();
        return Task.CompletedTask;
    });

    [Fact]
    public void Bandwidth_LimitsTheSpeed() => Run(async (test, client, server) =>
    {
        test.Network.Conditions = new LinkConditions { BytesPerSecond = 10_000 };
        var reading = ReadToEndAsync(server);
        await client.WriteAsync(new byte[100_000]);
        client.CloseWrite();

        Assert.Equal(100_000, (await reading).Length);
        Assert.InRange(test.Loop.Time, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.1));
    });

    [Fact]
    public void Write_BufferFull_WaitsForTheReader() => Run(async (test, client, server) =>
    {
        test.Network.Conditions = new LinkConditions { BufferBytes = 4096 };
        var writing = client.WriteAsync(new byte[4097]).AsTask();
        await test.RunUntilIdleAsync();
        Assert.False(writing.IsCompleted);

        Assert.Equal(1, await server.ReadAsync(new byte[1]));
        await test.RunUntilIdleAsync();
        Assert.True(writing.IsCompleted);
    });

    [Fact]
    public void CloseWrite_HalfOpen_TheOtherWayStillWorks() => Run(async (_, client, server) =>
    {
        client.CloseWrite();
        Assert.Equal(0, await server.ReadAsync(new byte[1]));
        await server.WriteAsync("answer"u8.ToArray());
        server.Dispose();

        Assert.Equal("answer"u8.ToArray(), await ReadToEndAsync(client));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.WriteAsync(new byte[1]).AsTask());
    });

    [Fact]
    public void Partition_HoldsEverythingUntilHealed() => Run(async (test, client, server) =>
    {
        test.Network.Conditions = new LinkConditions { Latency = 10 * Millisecond };
        await client.WriteAsync("before"u8.ToArray());
        test.Network.Partition("server", "client");
        await client.WriteAsync("after"u8.ToArray());
        var connecting = test.Network.ConnectAsync("server");
        var reading = ReadAsync(server, "beforeafter".Length);

        await test.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.False(reading.IsCompleted);
        Assert.False(connecting.IsCompleted);

        test.Network.Heal("client", "server");
        Assert.Equal("beforeafter"u8.ToArray(), await reading);
        Assert.Equal(TimeSpan.FromHours(1) + (10 * Millisecond), test.Loop.Time);
        (await connecting).Dispose();
    });

    [Fact]
    public void Partition_BetweenTwo_LeavesOthersAlone() => Run(async (test, client, server) =>
    {
        test.Network.Partition("client", "elsewhere");
        await client.WriteAsync("x"u8.ToArray());

        Assert.Equal(1, await server.ReadAsync(new byte[1]));
    });

    [Fact]
    public void Reset_BreaksBothEnds() => Run(async (test, client, server) =>
    {
        var reading = client.ReadAsync(new byte[1]).AsTask();
        test.Network.Reset("client", "server");

        await AssertResetAsync(() => reading);
        await AssertResetAsync(() => server.WriteAsync(new byte[1]).AsTask());
    });

    [Fact]
    public void Abort_OtherEndReadsWhatArrivedThenFails() => Run(async (_, client, server) =>
    {
        await client.WriteAsync("last words"u8.ToArray());
        client.Abort();

        Assert.Equal("last words"u8.ToArray(), await ReadAsync(server, "last words".Length));
        await AssertResetAsync(() => server.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ReadAsync(new byte[1]).AsTask());
    });

    [Fact]
    public void Dispose_WithBytesUnread_ResetsTheOtherEnd() => Run(async (test, client, server) =>
    {
        await client.WriteAsync("unread"u8.ToArray());
        await test.RunUntilIdleAsync();
        server.Dispose();

        await AssertResetAsync(() => client.ReadAsync(new byte[1]).AsTask());
    });

    [Fact]
    public void Dispose_PeerWritesLater_LearnsOfIt() => Run(async (test, client, server) =>
    {
        server.Dispose();
        await client.WriteAsync("too late"u8.ToArray());
        await test.RunUntilIdleAsync();

        await AssertResetAsync(() => client.WriteAsync(new byte[1]).AsTask());
    });

    [Fact]
    public void Loss_DelaysButLosesNoByte() => Run(async (test, client, server) =>
    {
        test.Network.Conditions = new LinkConditions { Latency = Millisecond, Loss = 0.5 };
        var sent = new byte[50_000];
        test.Random.NextBytes(sent);
        var reading = ReadToEndAsync(server);
        await client.WriteAsync(sent);
        client.CloseWrite();

        Assert.Equal(sent, await reading);
        Assert.True(test.Loop.Time > 200 * Millisecond);
    });

    [Fact]
    public void ResetRate_One_BreaksAtTheFirstSegment() => Run(async (test, client, server) =>
    {
        test.Network.Conditions = new LinkConditions { ResetRate = 1 };
        await client.WriteAsync(new byte[1]);

        await AssertResetAsync(() => server.ReadAsync(new byte[1]).AsTask());
    });

    [Fact]
    public void Read_CancelledByItsToken_LosesNothing() => Run(async (test, client, server) =>
    {
        using var cancellation = new CancellationTokenSource();
        var reading = server.ReadAsync(new byte[1], cancellation.Token).AsTask();
        await test.RunUntilIdleAsync();
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        await client.WriteAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await ReadAsync(server, 1));
    });

    [Fact]
    public void Read_ScopeCancelled_Ends() => Run(async (_, _, server) =>
        Assert.True(await CancelScope.RunAsync(
            _ => server.ReadAsync(new byte[1]).AsTask(), deadline: TimeSpan.FromSeconds(1))));

    [Fact]
    public void Read_TwoAtOnce_SecondIsRefused() => Run(async (test, client, server) =>
    {
        var first = server.ReadAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ReadAsync(new byte[1]).AsTask());
        await client.WriteAsync(new byte[1]);

        Assert.Equal(1, await first);
    });

    [Fact]
    public void Seed_Same_SameFate()
    {
        Assert.Equal(VirtualLoop.Trace(RoughAsync, seed: 3), VirtualLoop.Trace(RoughAsync, seed: 3));
        Assert.NotEqual(VirtualLoop.Trace(RoughAsync, seed: 3), VirtualLoop.Trace(RoughAsync, seed: 4));

        static Task RoughAsync(VirtualLoop test) => ConnectAsync(test, async (_, client, server) =>
        {
            test.Network.Conditions = new LinkConditions
            {
                Latency = Millisecond,
                Jitter = 10 * Millisecond,
                Loss = 0.2,
                BytesPerSecond = 100_000,
            };
            var reading = ReadToEndAsync(server);
            await client.WriteAsync(new byte[20_000]);
            client.Dispose();
            await reading;
        });
    }

    [Fact]
    public void Conditions_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Latency", () => new LinkConditions { Latency = -Millisecond });
        Assert.Throws<ArgumentOutOfRangeException>("Loss", () => new LinkConditions { Loss = 1 });
        Assert.Throws<ArgumentOutOfRangeException>("ResetRate", () => new LinkConditions { ResetRate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("BufferBytes", () => new LinkConditions { BufferBytes = 0 });
    }

    private static void Run(Func<VirtualLoop, VirtualNetworkStream, VirtualNetworkStream, Task> body) =>
        VirtualLoop.Run(test => ConnectAsync(test, body));

    private static async Task ConnectAsync(
        VirtualLoop test, Func<VirtualLoop, VirtualNetworkStream, VirtualNetworkStream, Task> body)
    {
        using var listener = test.Network.Listen("server");
        using var client = await test.Network.ConnectAsync("server");
        using var server = await listener.AcceptAsync();
        await body(test, client, server);
    }

    private static async Task AssertResetAsync(Func<Task> operation)
    {
        var error = await Assert.ThrowsAsync<IOException>(operation);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
