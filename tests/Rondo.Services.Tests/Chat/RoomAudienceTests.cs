using System.Text;
using System.Text.Json;
using Rondo.Runtime.Testing;
using Rondo.Services.Chat;
using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Tests.Chat;

public sealed class RoomAudienceTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Tell_InAQuietRoom_IsDeliveredAtOnce() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, 2);
        audience.Tell(Event(1));
        await virtualLoop.RunUntilIdleAsync();

        Assert.All(recipients, r => Assert.Equal(["1"], r.Sent));
        Assert.Equal(TimeSpan.Zero, virtualLoop.Loop.Time);
    });

    [Fact]
    public void Tell_InASmallRoom_NeverRests() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, 39);
        audience.Tell(Event(1));
        await virtualLoop.RunUntilIdleAsync();
        audience.Tell(Event(2));
        await virtualLoop.RunUntilIdleAsync();

        Assert.All(recipients, r => Assert.Equal(["1", "2"], r.Sent));
        Assert.Equal(TimeSpan.Zero, virtualLoop.Loop.Time);
    });

    [Fact]
    public void Tell_SeveralAtOnce_AreOneWrite() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, 2);
        audience.Tell(Event(1));
        audience.Tell(Event(2));
        await virtualLoop.RunUntilIdleAsync();

        Assert.All(recipients, r => Assert.Equal(["1 2"], r.Sent));
    });

    [Fact]
    public void Tell_WhileABusyRoomRests_GoesOutWithTheNext() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, 5000);
        audience.Tell(Event(1));
        await virtualLoop.RunUntilIdleAsync();
        audience.Tell(Event(2));
        await virtualLoop.AdvanceAsync(Rest / 2);
        audience.Tell(Event(3));
        await virtualLoop.AdvanceAsync((Rest / 2) - TimeSpan.FromMilliseconds(1));
        Assert.All(recipients, r => Assert.Equal(["1"], r.Sent));

        await virtualLoop.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.All(recipients, r => Assert.Equal(["1", "2 3"], r.Sent));

        await virtualLoop.AdvanceAsync(Rest);
        audience.Tell(Event(4));
        await virtualLoop.AdvanceAsync(TimeSpan.Zero);
        Assert.All(recipients, r => Assert.Equal(["1", "2 3", "4"], r.Sent));
    });

    [Fact]
    public void Tell_BetweenTwoRows_ReachesTheLaterOneWithTheFirst() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, AudienceRow.Seats * 3);
        recipients[0].OnSent = () => virtualLoop.Loop.CallSoon(() =>
        {
            recipients[0].OnSent = () => { };
            Assert.Empty(recipients[^1].Sent);
            audience.Tell(Event(2));
        });
        audience.Tell(Event(1));
        await virtualLoop.RunUntilIdleAsync();

        Assert.All(recipients[..AudienceRow.Seats], r => Assert.Equal(["1"], r.Sent));
        Assert.All(recipients[^AudienceRow.Seats..], r => Assert.Equal(["1 2"], r.Sent));
        await virtualLoop.AdvanceAsync(Rest);
        Assert.All(recipients[..AudienceRow.Seats], r => Assert.Equal(["1", "2"], r.Sent));
        Assert.All(recipients[^AudienceRow.Seats..], r => Assert.Equal(["1 2"], r.Sent));
    });

    [Fact]
    public void Remove_AllWhileSomethingIsUntold_LeavesNothingBehind() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, 100);
        audience.Tell(Event(1));
        audience.All.ToList().ForEach(audience.Remove);
        await virtualLoop.RunUntilIdleAsync();
        audience.Tell(Event(2));
        var late = new Recipient(FrameForm.Chat);
        audience.Add(new RoomMember(late, Recipient.Someone) { Seq = 2 });
        audience.Tell(Event(3));
        await virtualLoop.RunUntilIdleAsync();

        Assert.All(recipients, r => Assert.Empty(r.Sent));
        Assert.Equal(["3"], late.Sent);
        Assert.Equal(1, audience.Count);
    });

    [Fact]
    public void Tell_WhoHasHadSomeOfIt_GetsTheRestOnce() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, 3);
        (audience.All.First().Seq, audience.All.ElementAt(1).Seq) = (2, 3);
        audience.Tell(Event(1));
        audience.Tell(Event(2));
        audience.Tell(Event(3));
        await virtualLoop.RunUntilIdleAsync();

        Assert.Equal([["3"], [], ["1 2 3"]], recipients.Select(r => r.Sent));
        Assert.All(audience.All, m => Assert.Equal(3, m.Seq));
    });

    [Fact]
    public void Tell_ANotice_GoesOutWithTheEventsOnceAndInChatAlone() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, recipients) = Make(virtualLoop, AudienceRow.Seats * 2);
        var seed = new Recipient(FrameForm.Seed);
        audience.Add(new RoomMember(seed, Recipient.Someone));
        recipients[0].OnSent = () =>
        {
            recipients[0].OnSent = () => { };
            virtualLoop.Loop.CallSoon(() => audience.Tell(Event(2, ChatJson.Delete)));
        };
        audience.Tell(new Frames(OutgoingFrame.Text("{}")));
        audience.Tell(Event(1, ChatJson.Delete));
        await virtualLoop.RunUntilIdleAsync();
        await virtualLoop.AdvanceAsync(Rest);

        Assert.All(recipients[..AudienceRow.Seats], r => Assert.Equal(["- 1", "2"], r.Sent));
        Assert.All(recipients[AudienceRow.Seats..], r => Assert.Equal(["- 1 2"], r.Sent));
        Assert.Equal(0, seed.Writes);
    });

    [Fact]
    public void Tell_WhatAFormHasNoWordFor_IsLeftOutOfIt() => VirtualLoop.Run(async virtualLoop =>
    {
        var (audience, _) = Make(virtualLoop, 0);
        var seed = new Recipient(FrameForm.Seed);
        audience.Add(new RoomMember(seed, Recipient.Someone));
        audience.Tell(Event(1, ChatJson.Delete));
        audience.Tell(Event(2, ChatJson.Delete));
        await virtualLoop.RunUntilIdleAsync();

        Assert.Equal(0, seed.Writes);
    });

    private static (RoomAudience Audience, List<Recipient> Recipients) Make(VirtualLoop virtualLoop, int members)
    {
        var audience = new RoomAudience(virtualLoop.Loop);
        var recipients = Enumerable.Range(0, members).Select(_ => new Recipient(FrameForm.Chat)).ToList();
        recipients.ForEach(r => audience.Add(new RoomMember(r, Recipient.Someone)));
        return (audience, recipients);
    }

    private static Frames Event(long seq, string type = ChatJson.Message) => new(
        new StreamEvent("chat/lobby", seq, DateTimeOffset.UnixEpoch, type, "{}"u8.ToArray(), null), "lobby");

    /// <summary>Keeps the numbers of the events of each write.</summary>
    private sealed class Recipient(FrameForm form) : IRecipient
    {
        public static readonly Caller Someone = new("a", "Ann", ChatRole.Guest, "127.0.0.1");

        public List<string> Sent { get; } = [];

        public int Writes { get; private set; }

        public Action OnSent { get; set; } = () => { };

        public FrameForm Form => form;

        public bool IsClosing => false;

        public void Send(ReadOnlyMemory<byte> frames, int count = 1)
        {
            Writes++;
            if (form is FrameForm.Seed)
            {
                return;
            }

            var seqs = new List<string>();
            while (frames.Length > 0)
            {
                // Such a short text frame has a header of two bytes.
                var length = frames.Span[1];
                using var json = JsonDocument.Parse(Encoding.UTF8.GetString(frames.Span.Slice(2, length)));
                seqs.Add(json.RootElement.TryGetProperty("seq", out var seq) ? seq.ToString() : "-");
                frames = frames[(2 + length)..];
            }

            Assert.Equal(count, seqs.Count);
            Sent.Add(string.Join(' ', seqs));
            OnSent();
        }

        public Task CaughtUpAsync() => Task.CompletedTask;

        public void Close(int code, string reason)
        {
        }

        public void Expelled(string room, ChatRefusal reason)
        {
        }
    }
}
