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
    private readonly RoomParts _parts;
    private readonly CancellationTokenSource _end = new();
    private readonly RoomAudience _members;
    private readonly Presence _presence;
    private readonly Typing _typing;

    // What the loop has seen of the stream, and has told those in the room.
    private StreamHead _head;
    private long _told;
    private Task _following = Task.CompletedTask;

    public Room(RoomConfig config, RoomParts parts)
    {
        Config = config;
        _parts = parts;
        Stream = StreamOf(config.Name);
        _presence = new Presence(parts.Loop, TellPresence);
        _typing = new Typing(parts.Loop.TimeProvider);
        _members = new RoomAudience(parts.Loop);
    }

    public string Name => Config.Name;

    public string Stream { get; }

    public RoomConfig Config { get; private set; }

    /// <summary>What is known of its stream.</summary>
    public StreamHead Head => _head with { Last = _told };

    /// <summary>Whether nobody is here, or was a moment ago.</summary>
    public bool IsIdle => _members.Count == 0 && !_presence.IsAnybodyKnown;

    private IEventStore Store => _parts.Store;

    private EventLoop Loop => _parts.Loop;

    private DateTimeOffset Now => Loop.TimeProvider.GetUtcNow();

    public static string StreamOf(string room) => "chat/" + room;

    /// <summary>Reads what is kept, and follows what comes from then on.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task OpenAsync()
    {
        await FoldAsync();
        await RetainAsync();
        _following = FollowAsync();
    }

    /// <summary>Follows no more. Returns once nothing of it waits for the store.</summary>
    public Task StopAsync()
    {
        Dispose();
        return Task.WhenAll(_following, _changed);
    }

    /// <summary>Ends it: those in it come again, should it still be there.</summary>
    public void Close(int code, string reason)
    {
        Dispose();
        foreach (var member in _members.All.ToList())
        {
            member.Recipient.Close(code, reason);
        }
    }

    /// <summary>Ends it for good: those in it have nowhere to come back to.</summary>
    public void EndStays(ChatRefusal reason)
    {
        Dispose();
        foreach (var member in _members.All.ToList())
        {
            Leave(member);
            member.Recipient.Expelled(Name, reason);
        }
    }

    public void Dispose()
    {
        if (!_end.IsCancellationRequested)
        {
            _end.Cancel();
            _end.Dispose();
        }
    }

    private async Task FollowAsync()
    {
        var cancelled = _end.Token;
        try
        {
            while (true)
            {
                // Once more when so much came at once that the watch has fallen behind.
                var after = new StreamCursor(_head.Epoch, _told);
                await foreach (var item in Store.WatchAsync(
                    [new WatchedStream(Stream, after, StreamStart.Live)], cancellation: cancelled))
                {
                    Tell(item);
                }
            }
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            // The room is closed.
        }
        catch (EventStoreException error)
        {
            ChatLog.WatchFailed(_parts.Logger, error, Name);
            Close(1012, "The event store has failed.");
        }
    }

    private void Tell(StreamItem item)
    {
        _head = item.Head with { Last = Math.Max(item.Head.Last, item.Cursor.Seq) };
        _told = item.Cursor.Seq;
        if (item.Event is { } told)
        {
            Fold(told);
            _members.Tell(new Frames(told, Name));
        }
    }

    private async Task<ChatOutcome> AppendAsync(
        string type, Person from, string? clientId, Action<System.Text.Json.Utf8JsonWriter> write)
    {
        var data = ChatJson.Object(json =>
        {
            ChatJson.WritePerson(json, "from", from);
            write(json);
        });
        try
        {
            var stored = await Store.AppendAsync(Stream, [new NewEvent(type, data, clientId)], null, from.Id);
            return new ChatOutcome(stored[0]);
        }
        catch (AppendConflictException)
        {
            // The same, but by another name or role: whoever has lost the acknowledgement may have come back as such.
            var done = await FindRecentAsync(e =>
                e.Type == type && e.Key == clientId && AuthorOf(e) == from.Id && ChatJson.IsSameDeed(e.Data, data));
            return done is { } again ? new ChatOutcome(again) : new ChatOutcome(new ChatRefusal(
                ChatProblems.ClientIdReused, "The client_id has been used for something else."));
        }
        catch (ArgumentException error)
        {
            return new ChatOutcome(new ChatRefusal(ChatProblems.TextTooLong, error.Message));
        }
        catch (EventStoreException error)
        {
            return new ChatOutcome(ChatProblems.Describe(error));
        }
    }

    private void Tell(byte[] notice) => _members.Tell(new Frames(OutgoingFrame.Text(notice)));
}
