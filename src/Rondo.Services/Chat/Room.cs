using Rondo.Runtime;
using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>
/// A room: the one writer of its stream, and who gives its events to those in it. Lives on the chat's loop and is
/// touched by nothing else.
/// </summary>
internal sealed partial class Room : IDisposable
{
    private readonly IEventStore _store;
    private readonly EventLoop _loop;
    private readonly Func<ChatOptions> _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly RoomMembers _members = new();

    // What the loop has seen of the stream, and has told those in the room.
    private StreamHead _head;
    private long _told;

    public Room(RoomConfig config, RoomParts parts)
    {
        Config = config;
        (_store, _loop, _options, _logger) = parts;
        Stream = StreamOf(config.Name);
    }

    public string Name => Config.Name;

    public string Stream { get; }

    public RoomConfig Config { get; private set; }

    /// <summary>What is known of its stream.</summary>
    public StreamHead Head => _head;

    public static string StreamOf(string room) => "chat/" + room;

    /// <summary>Reads what is kept, and follows what comes from then on.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task OpenAsync()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = FollowAsync(begun);
        await begun.Task;
    }

    /// <summary>Ends it: those in it come again, should it still be there.</summary>
    public void Close(int code, string reason)
    {
        Dispose();
        foreach (var member in _members.All)
        {
            member.Recipient.Close(code, reason);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    /// <summary>Says something. Returns once it is durable, or why it is not said.</summary>
    public Task<ChatOutcome> SendAsync(Caller caller, string text, string? clientId)
    {
        var person = PersonOf(caller);
        return MessageText.Check(text) is { } unusable
            ? Task.FromResult(new ChatOutcome(unusable))
            : AppendAsync(
                ChatJson.Message, ChatJson.Data(person, json => json.WriteString("text", text)), clientId, person.Id);
    }

    /// <summary>
    /// Gives a connection what it has missed, then what happens, each event once. Ends when it is live, or why not.
    /// </summary>
    public async Task<ChatRefusal?> JoinAsync(Member member, StreamCursor? after)
    {
        member.Recipient.Send(OutgoingFrame.Text(Welcome(member)));
        if (after is { } cursor && _head.IsLost(cursor with { Seq = Math.Min(cursor.Seq, _head.Last) }))
        {
            Reset(member);
        }
        else if (after is not null && await CatchUpAsync(member, after.Value) is { } refusal)
        {
            return refusal;
        }

        if (!member.HasLeft && !member.Recipient.IsClosing)
        {
            // Nothing else runs between the two: no event is missed, none comes twice.
            member.Seq = Math.Max(member.Seq, _told);
            _members.Add(member);
            member.Recipient.Send(OutgoingFrame.Text(ChatJson.Place("live", Name, _head, member.Seq)));
        }

        return null;
    }

    public void Leave(Member member)
    {
        member.HasLeft = true;
        _members.Remove(member);
    }

    private void Reset(Member member)
    {
        member.Seq = _told;
        member.Recipient.Send(OutgoingFrame.Text(ChatJson.Place("reset", Name, _head, _told)));
    }

    private async Task<ChatRefusal?> CatchUpAsync(Member member, StreamCursor cursor)
    {
        try
        {
            member.Seq = cursor.Seq;
            do
            {
                var page = await _store.ReadAsync(Stream, cursor, CatchUpPage);
                if (page.IsReset)
                {
                    Reset(member);
                    return null;
                }

                foreach (var missed in page.Events)
                {
                    member.Recipient.Send(Frames.Make(missed, member.Recipient.Form, Name));
                    member.Seq = missed.Seq;
                }

                cursor = new StreamCursor(page.Head.Epoch, member.Seq);
                await member.Recipient.CaughtUpAsync();
            }
            while (member.Seq < _told && !member.HasLeft && !member.Recipient.IsClosing);
            return null;
        }
        catch (EventStoreException error)
        {
            return Describe(error);
        }
    }

    private async Task FollowAsync(TaskCompletionSource begun)
    {
        StreamCursor? after = null;
        try
        {
            while (true)
            {
                await foreach (var item in _store.WatchAsync(
                    [new WatchedStream(Stream, after, StreamStart.Live)], cancellation: _end.Token))
                {
                    after = item.Cursor;
                    Tell(item);
                    begun.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            begun.TrySetCanceled();
        }
        catch (EventStoreException error)
        {
            begun.TrySetException(error);
            ChatLog.WatchFailed(_logger, error, Name);
            Close(1012, "The event store has failed.");
        }
    }

    private void Tell(StreamItem item)
    {
        (_head, _told) = (item.Head with { Last = Math.Max(item.Head.Last, item.Cursor.Seq) }, item.Cursor.Seq);
        if (item.Event is { } told)
        {
            _members.Tell(told, new Frames(told, Name));
        }
    }

    private async Task<ChatOutcome> AppendAsync(string type, byte[] data, string? clientId, string sender)
    {
        try
        {
            var stored = await _store.AppendAsync(Stream, [new NewEvent(type, data, clientId)], null, sender);
            return new ChatOutcome(stored[0]);
        }
        catch (AppendConflictException)
        {
            return new ChatOutcome(new ChatRefusal(
                ChatProblems.ClientIdReused, $"The client_id '{clientId}' has been used for something else."));
        }
        catch (ArgumentException error)
        {
            return new ChatOutcome(new ChatRefusal(ChatProblems.TextTooLong, error.Message));
        }
        catch (EventStoreException error)
        {
            return new ChatOutcome(Describe(error));
        }
    }

    private static ChatRefusal Describe(EventStoreException error) => error.Failure is EventStoreFailure.Full
        ? new ChatRefusal(ChatProblems.StoreFull, "The disk is full: nothing was stored.")
        : new ChatRefusal(ChatProblems.StoreUnavailable, "The event store does not take it now. Try again later.");

    private byte[] Welcome(Member member) => ChatJson.Object(json =>
    {
        json.WriteString("type", "welcome");
        json.WriteString("room", Name);
        json.WriteString("topic", Config.Topic);
        ChatJson.WritePerson(json, "you", member.Person);
        ChatJson.WritePlace(json, _head, _told);
    });
}
