using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

// What was said, as it reads now.
internal sealed partial class Room
{
    private const int HistoryPage = 500;
    private const int RecentPages = 20;

    /// <summary>Some messages, oldest first.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task<MessagePage> ReadAsync(Caller caller, HistoryWanted wanted)
    {
        if (Banned(caller) is { } banned)
        {
            return new MessagePage(_head, [], IsReset: false) { Refusal = banned };
        }

        var messages = new List<ShownMessage>();
        switch (wanted.Side)
        {
            case HistorySide.After:
                return await ReadOnAsync(caller, wanted.Place, wanted.Limit, messages);
            case HistorySide.Before:
                return await ReadBackAsync(caller, wanted.Place, wanted.Limit, messages);
            default:
                var place = wanted.Place!.Value;
                var before = await ReadBackAsync(
                    caller, place with { Seq = place.Seq + 1 }, (wanted.Limit / 2) + 1, messages);
                return before.IsReset ? before
                    : await ReadOnAsync(caller, place, wanted.Limit - messages.Count, messages);
        }
    }

    private async Task<MessagePage> ReadOnAsync(
        Caller caller, StreamCursor? after, int limit, List<ShownMessage> messages)
    {
        var wanted = messages.Count + limit;
        while (true)
        {
            var page = await Store.ReadAsync(Stream, after, HistoryPage);
            foreach (var read in page.Events.Where(e => e.Type == ChatJson.Message && messages.Count < wanted))
            {
                messages.Add(await ShowAsync(read, caller.Id));
            }

            if (messages.Count >= wanted)
            {
                return new MessagePage(page.Head, messages, page.IsReset) { Next = messages[^1].Sent.Seq };
            }

            if (page.IsReset || page.Events.Count == 0)
            {
                return new MessagePage(page.Head, messages, page.IsReset);
            }

            after = new StreamCursor(page.Head.Epoch, page.Events[^1].Seq);
        }
    }

    private async Task<MessagePage> ReadBackAsync(
        Caller caller, StreamCursor? before, int limit, List<ShownMessage> messages)
    {
        // As of the first read: what is said while the others are made comes after the cursor that is given.
        StreamHead? head = null;
        while (true)
        {
            var page = await Store.ReadBackAsync(Stream, before, HistoryPage);
            head ??= page.Head;
            foreach (var read in page.Events.Where(e => e.Type == ChatJson.Message && messages.Count < limit))
            {
                messages.Add(await ShowAsync(read, caller.Id));
            }

            if (page.IsReset || page.Events.Count == 0 || messages.Count >= limit)
            {
                messages.Reverse();
                return new MessagePage(head.Value, messages, page.IsReset);
            }

            before = new StreamCursor(page.Head.Epoch, page.Events[^1].Seq);
        }
    }

    private async Task<ShownMessage> ShowAsync(StreamEvent message, string reader)
    {
        if (!_edits.TryGetValue(message.Seq, out var edits))
        {
            return new ShownMessage(message, null, _reactions.Of(message.Seq, reader));
        }

        var page = await Store.ReadAsync(Stream, new StreamCursor(null, edits[^1] - 1), 1);
        return new ShownMessage(
            message,
            page.Events is [{ Type: ChatJson.Edit } edit] ? edit : null,
            _reactions.Of(message.Seq, reader));
    }
}
