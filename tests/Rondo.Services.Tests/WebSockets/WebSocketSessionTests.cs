using Rondo.Runtime.Testing;
using Rondo.Services.Tests.Support;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Tests.WebSockets;

/// <summary>A session over a connection in virtual time: who waits for whom, and for how long.</summary>
public sealed class WebSocketSessionTests
{
    private static readonly WebSocketLimits Limits = new() { TooSlow = 4408, MostUnsent = 8 };

    [Fact]
    public void Check_NoSignOfLife_EndsTheSession() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits);
        for (var second = 0; second < 59; second += 5)
        {
            await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(5));
            pair.Session.Check();
        }

        Assert.Equal(RawWebSocket.Ping, (await pair.ReadAsync()).Opcode);
        await pair.Ended;
        Assert.Equal(1001, pair.Session.ClosedWith);
        Assert.Equal(TimeSpan.FromSeconds(60), virtualLoop.Loop.Time);
    });

    [Fact]
    public void Check_APongNowAndThen_KeepsTheSession() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits);
        for (var second = 0; second < 300; second += 5)
        {
            await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(5));
            pair.Session.Check();
            if (second % 40 == 35)
            {
                await pair.WriteAsync(RawWebSocket.Frame(RawWebSocket.Pong, []));
                await virtualLoop.RunUntilIdleAsync();
            }
        }

        Assert.False(pair.Session.IsClosing);
    });

    [Fact]
    public void Check_HalfAMessage_ClosesTheSession() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits);
        await pair.WriteAsync(RawWebSocket.TextFrame("hello")[..4]);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(9));
        pair.Session.Check();
        Assert.False(pair.Session.IsClosing);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(2));
        pair.Session.Check();

        var (opcode, payload) = await pair.ReadAsync();
        Assert.Equal((RawWebSocket.Close, 1008), (opcode, (payload[0] << 8) | payload[1]));
        await pair.Ended;
    });

    [Fact]
    public void Send_ReaderTakesNothing_IsClosedAndHoldsNobodyUp() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits, isBlocked: true);
        await virtualLoop.RunUntilIdleAsync();
        var sent = 0;
        while (pair.Session.Send(OutgoingFrame.Text("x")))
        {
            sent++;
        }

        // One is on its way, the others wait.
        Assert.Equal(1 + Limits.MostUnsent, sent);
        Assert.Equal(4408, pair.Session.ClosedWith);
        pair.Unblock();
        await pair.ReadAsync();
        var (opcode, payload) = await pair.ReadAsync();
        Assert.Equal((RawWebSocket.Close, 4408), (opcode, (payload[0] << 8) | payload[1]));
    });

    [Fact]
    public void Send_SeveralFramesInOne_CountEach() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits, isBlocked: true);
        await virtualLoop.RunUntilIdleAsync();
        Assert.True(pair.Session.Send(OutgoingFrame.Text("on its way")));
        Assert.True(pair.Session.Send(OutgoingFrame.Text("so many"), Limits.MostUnsent));
        Assert.False(pair.Session.Send(OutgoingFrame.Text("one too many")));
        Assert.Equal(Limits.TooSlow, pair.Session.ClosedWith);
    });

    [Fact]
    public void Close_NoAnswer_EndsAfterFiveSeconds() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits);
        await virtualLoop.RunUntilIdleAsync();
        pair.Session.Close(1001, "");
        await pair.Ended;

        Assert.Equal(TimeSpan.FromSeconds(5), virtualLoop.Loop.Time);
    });

    [Fact]
    public void Close_Answered_EndsAtOnce() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits);
        await virtualLoop.RunUntilIdleAsync();
        pair.Session.Close(1001, "");
        await pair.WriteAsync(RawWebSocket.Frame(RawWebSocket.Close, [3, 0xE9]));

        Assert.True(await pair.Ended);
        Assert.Equal(TimeSpan.Zero, virtualLoop.Loop.Time);
    });

    [Fact]
    public void Send_ManyAtOnce_ComeInOrder() => VirtualLoop.Run(async virtualLoop =>
    {
        await using var pair = new SessionPair(virtualLoop.Loop, Limits with { MostUnsent = 1000 }, isBlocked: true);
        for (var i = 0; i < 500; i++)
        {
            pair.Session.Send(OutgoingFrame.Text($"{i}"));
        }

        pair.Unblock();
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal($"{i}", System.Text.Encoding.UTF8.GetString((await pair.ReadAsync()).Payload));
        }
    });
}
