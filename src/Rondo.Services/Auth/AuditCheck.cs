using Rondo.Services.Streams;

namespace Rondo.Services.Auth;

/// <summary>What a walk along the audit's chain has found.</summary>
/// <param name="Events">Events that are linked.</param>
/// <param name="Older">Events from before there was a chain.</param>
/// <param name="Head">The newest hash.</param>
/// <param name="BrokenAt">The first event that is not what was written; null when all are.</param>
/// <param name="HasSeen">Whether the hash that was asked for is in the chain.</param>
internal sealed record AuditReport(long Events, long Older, string Head, long? BrokenAt, bool HasSeen);

/// <summary>Walks along the chain, event by event.</summary>
internal sealed class AuditCheck(string? seen = null)
{
    private string _previous = AuditChain.Beginning;
    private long _events;
    private long _older;
    private long? _brokenAt;
    private bool _hasSeen = seen is null || seen == AuditChain.Beginning;

    public AuditReport Report => new(_events, _older, _previous, _brokenAt, _hasSeen);

    /// <summary>The next event; false when nothing after it needs to be looked at.</summary>
    public bool Add(StreamEvent stored)
    {
        if (_events == 0 && AuditChain.ClaimedHash(stored) is null && stored.Type is not StreamEvent.Lost)
        {
            _older++;
            return true;
        }

        if (!AuditChain.IsIntact(stored, _previous))
        {
            _brokenAt = stored.Seq;
            return false;
        }

        (_previous, _events) = (AuditChain.ClaimedHash(stored)!, _events + 1);
        _hasSeen |= _previous == seen;
        return true;
    }

    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public static Task<AuditReport> RunAsync(IEventStore store, string? seen, CancellationToken cancellation) =>
        RunAsync(store.ReadAsync, seen, cancellation);

    /// <inheritdoc cref="RunAsync(IEventStore, string?, CancellationToken)"/>
    public static async Task<AuditReport> RunAsync(PageReader read, string? seen, CancellationToken cancellation)
    {
        var check = new AuditCheck(seen);
        var after = new StreamCursor(null, 0);
        while (true)
        {
            var page = await read(AuditChain.Stream, after, StreamLimits.LargestPage, cancellation);
            if (page.IsReset && page.Head.First > 1)
            {
                // What was kept at first is gone: nobody retains less of the audit.
                return check.Report with { BrokenAt = 1 };
            }

            if (page.Events.Count == 0 || !page.Events.All(check.Add))
            {
                return check.Report;
            }

            after = new StreamCursor(null, page.Events[^1].Seq);
        }
    }
}
