using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

// What people say.
internal sealed partial class Room
{
    private const int MostRemembered = 10_000;

    private readonly Dictionary<string, long> _lastSent = [];

    /// <summary>Says something. Returns once it is durable, or why it is not said.</summary>
    public async Task<ChatOutcome> SendAsync(Caller caller, string text, string? clientId)
    {
        var (person, refusal) = PersonOf(caller);
        refusal = Banned(caller) ?? refusal ?? CheckText(text) ?? MayPost(caller) ?? Pace(person)
            ?? _parts.Limits.Take(caller);
        if (refusal is not null)
        {
            return new ChatOutcome(refusal);
        }

        Remember(person);
        _typing.End(person.Id);
        return await AppendAsync(ChatJson.Message, person, clientId, json => json.WriteString("text", text));
    }

    private ChatRefusal? CheckText(string text) => MessageText.Check(text) ?? _parts.Filter.Check(text);

    private ChatRefusal? MayPost(Caller caller)
    {
        var (person, _) = PersonOf(caller);
        return Config.Mutes.TryGetValue(caller.Id, out var until) && until > Now
            ? new ChatRefusal(ChatProblems.Muted, $"Muted until {StreamJson.Text(until)}.", until - Now)
            : Config.IsReadOnly && person.Role < ChatRole.Mod && person.Role is not ChatRole.Bot
                ? new ChatRefusal(ChatProblems.ReadOnly, "Only moderators post here.")
                : null;
    }

    private void Remember(Person person)
    {
        if (Config.SlowMode == TimeSpan.Zero)
        {
            _lastSent.Clear();
            return;
        }

        if (_lastSent.Count > MostRemembered)
        {
            foreach (var (id, sent) in _lastSent)
            {
                if (Loop.TimeProvider.GetElapsedTime(sent) > Config.SlowMode)
                {
                    _lastSent.Remove(id);
                }
            }
        }

        _lastSent[person.Id] = Loop.TimeProvider.GetTimestamp();
    }

    private ChatRefusal? Pace(Person person)
    {
        if (Config.SlowMode == TimeSpan.Zero || person.Role >= ChatRole.Mod
            || !_lastSent.TryGetValue(person.Id, out var sent))
        {
            return null;
        }

        var left = Config.SlowMode - Loop.TimeProvider.GetElapsedTime(sent);
        return left > TimeSpan.Zero
            ? new ChatRefusal(
                ChatProblems.TooFast, $"Slow mode: one message in {Config.SlowMode.TotalSeconds:0} s.", left)
            : null;
    }

    private async Task<(StreamEvent? Message, ChatRefusal? Refusal)> FindAsync(long seq)
    {
        try
        {
            var page = await Store.ReadAsync(Stream, new StreamCursor(null, seq - 1), 1);
            return page.Events is [{ Type: ChatJson.Message } message] ? (message, null)
                : (null, page.Events is [{ Type: StreamEvent.Erased }]
                    ? new ChatRefusal(ChatProblems.EditConflict, $"Message {seq} is deleted.")
                    : new ChatRefusal(ChatProblems.NoMessage, $"There is no message {seq} in '{Name}'."));
        }
        catch (EventStoreException error)
        {
            return (null, ChatProblems.Describe(error));
        }
    }

    // Among the newest: who asks again asks soon, though a crowd may have said thousands of things meanwhile.
    private async Task<StoredEvent?> FindRecentAsync(Func<StreamEvent, bool> isIt, long after = 0)
    {
        StreamCursor? before = null;
        try
        {
            for (var i = 0; i < RecentPages; i++)
            {
                var page = await Store.ReadBackAsync(Stream, before, HistoryPage);
                if (page.Events.FirstOrDefault(isIt) is { } found)
                {
                    return new StoredEvent(found.Seq, found.At, IsRepeated: true);
                }

                if (page.Events.Count == 0 || page.Events[^1].Seq <= after)
                {
                    return null;
                }

                before = new StreamCursor(null, page.Events[^1].Seq);
            }
        }
        catch (EventStoreException)
        {
            // As if there were none.
        }

        return null;
    }

    private static string AuthorOf(StreamEvent message)
    {
        using var data = JsonDocument.Parse(message.Data);
        return data.RootElement.GetProperty("from").GetProperty("id").GetString()!;
    }
}
