using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

// What is kept, for how long, and what is gone.
internal sealed partial class Room
{
    private const int FoldPage = 1000;
    private const int TargetsPerEvent = 1000;

    // The edits of each message that has any, oldest first.
    private readonly Dictionary<long, List<long>> _edits = [];

    /// <summary>Drops what is too old or too much.</summary>
    public async Task RetainAsync()
    {
        var options = _parts.Options();
        try
        {
            if (await Store.RetainAsync(Stream, options.KeepEvents, options.KeepFor) > 0)
            {
                var page = await Store.ReadAsync(Stream, null, 1);
                _head = _head with { First = page.Head.First };
                _reactions.ForgetBefore(page.Head.First);
                foreach (var target in _edits.Keys.Where(t => t < page.Head.First).ToList())
                {
                    _edits.Remove(target);
                }
            }
        }
        catch (EventStoreException error)
        {
            ChatLog.RetainFailed(_parts.Logger, error, Name);
        }
    }

    /// <summary>
    /// Takes back all that one person has said here, and how they have reacted. Returns how many messages that were.
    /// </summary>
    public Task<(int Count, ChatRefusal? Refusal)> ErasePersonAsync(Caller caller, string who) =>
        InTurnAsync(() => ErasePersonNowAsync(caller, who));

    /// <summary>Every event that is kept, oldest first.</summary>
    public async IAsyncEnumerable<StreamEvent> AllAsync()
    {
        StreamCursor? after = null;
        while (true)
        {
            var page = await Store.ReadAsync(Stream, after, FoldPage);
            foreach (var read in page.Events)
            {
                yield return read;
            }

            if (page.Events.Count == 0)
            {
                yield break;
            }

            after = new StreamCursor(null, page.Events[^1].Seq);
        }
    }

    private async Task<(int Count, ChatRefusal? Refusal)> ErasePersonNowAsync(Caller caller, string who)
    {
        var (person, _) = PersonOf(caller);
        if (MayExport(caller) is { } refused)
        {
            return (0, refused);
        }

        var (targets, reactions) = (new List<long>(), new List<long>());
        try
        {
            await foreach (var read in AllAsync())
            {
                if (read.Type is ChatJson.Message or ChatJson.React or ChatJson.Unreact && AuthorOf(read) == who)
                {
                    (read.Type == ChatJson.Message ? targets : reactions).Add(read.Seq);
                }
            }
        }
        catch (EventStoreException error)
        {
            return (0, ChatProblems.Describe(error));
        }

        // One that names no message tells of the reactions.
        foreach (var some in targets.Count == 0 && reactions.Count > 0 ? [[]] : targets.Chunk(TargetsPerEvent))
        {
            var outcome = await AppendAsync(ChatJson.Purge, person, null, json =>
            {
                json.WriteString("who", who);
                json.WriteStartArray("targets");
                foreach (var target in some)
                {
                    json.WriteNumberValue(target);
                }

                json.WriteEndArray();
            });
            if ((outcome.Refusal ?? await EraseAsync(some)) is { } refusal)
            {
                return (0, refusal);
            }
        }

        return (targets.Count, await EraseAsync(reactions) ?? await AuditAsync(person, "purge", who, null));
    }

    // A deletion counts before the text is gone: what was cut off between the two is done now.
    private async Task FoldAsync()
    {
        var (texts, deleted) = (new HashSet<long>(), new List<long>());
        var reactions = new List<(string Who, long Seq)>();
        _head = (await Store.ReadAsync(Stream, null, 1)).Head;
        await foreach (var read in AllAsync())
        {
            _told = read.Seq;
            Fold(read);
            if (read.Type is ChatJson.Message or ChatJson.Edit)
            {
                texts.Add(read.Seq);
            }

            if (read.Type is ChatJson.React or ChatJson.Unreact)
            {
                texts.Add(read.Seq);
                reactions.Add((AuthorOf(read), read.Seq));
            }

            deleted.AddRange(TargetsOf(read));
            if (read.Type == ChatJson.Purge)
            {
                var who = WhoOf(read);
                deleted.AddRange(reactions.Where(r => r.Who == who).Select(r => r.Seq));
            }
        }

        _told = Math.Max(_told, _head.Last);
        _head = _head with { Last = _told };
        // The message may be gone and an edit of it not.
        if (deleted.FindAll(t => texts.Contains(t) || _edits.ContainsKey(t)) is { Count: > 0 } unfinished)
        {
            await EraseAsync(unfinished);
        }
    }

    private void Fold(StreamEvent told)
    {
        if (told.Type == ChatJson.Edit)
        {
            using var data = JsonDocument.Parse(told.Data);
            Edited(data.RootElement.GetProperty("target").GetInt64(), told.Seq);
        }
        else if (told.Type is ChatJson.React or ChatJson.Unreact)
        {
            FoldReaction(told);
        }

        foreach (var gone in TargetsOf(told))
        {
            _reactions.Forget(gone);
        }

        if (told.Type == ChatJson.Purge)
        {
            _reactions.ForgetPerson(WhoOf(told), told.Seq);
        }
    }

    private static string WhoOf(StreamEvent purge)
    {
        using var data = JsonDocument.Parse(purge.Data);
        return data.RootElement.GetProperty("who").GetString()!;
    }

    private static IEnumerable<long> TargetsOf(StreamEvent told)
    {
        if (told.Type is not (ChatJson.Delete or ChatJson.Purge))
        {
            return [];
        }

        using var data = JsonDocument.Parse(told.Data);
        return told.Type == ChatJson.Delete
            ? [data.RootElement.GetProperty("target").GetInt64()]
            : [.. data.RootElement.GetProperty("targets").EnumerateArray().Select(t => t.GetInt64())];
    }

    private void Edited(long target, long seq)
    {
        if (!_edits.TryGetValue(target, out var edits))
        {
            _edits.Add(target, edits = []);
        }

        if (!edits.Contains(seq))
        {
            edits.Add(seq);
        }
    }

    // Together, so that they share the cleaning of the file.
    private async Task<ChatRefusal?> EraseAsync(IReadOnlyList<long> targets)
    {
        try
        {
            var all = targets.Concat(targets.SelectMany(t => _edits.GetValueOrDefault(t) ?? []));
            await Task.WhenAll(all.Select(seq => Store.EraseAsync(Stream, seq)));
            foreach (var target in targets)
            {
                _edits.Remove(target);
            }

            return null;
        }
        catch (EventStoreException error)
        {
            return ChatProblems.Describe(error);
        }
    }
}
