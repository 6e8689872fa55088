using System.Collections.Concurrent;
using System.Diagnostics;

namespace ChaosProgram;

/// <summary>
/// What a conversation must have kept, whatever happened to the server: everything that was acknowledged is there once,
/// what was deleted is nowhere, and everybody saw one order without a gap. Any thread may tell it what happens.
/// </summary>
internal sealed class ChatChecker
{
    private readonly ConcurrentDictionary<string, Deed> _attempted = new();
    private readonly ConcurrentDictionary<string, (Deed Deed, long Seq)> _acknowledged = new();
    private readonly ConcurrentDictionary<long, bool> _deleted = new();
    private readonly ConcurrentDictionary<string, long> _gone = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<SeenLog> _logs = new();
    private readonly ConcurrentQueue<long> _times = new();

    /// <summary>How many deeds of a kind were acknowledged.</summary>
    public int Acknowledged(DeedKind kind) => _acknowledged.Values.Count(a => a.Deed.Kind == kind);

    /// <summary>The longest time since a timestamp in which nothing was acknowledged.</summary>
    /// <param name="since">The timestamp.</param>
    public TimeSpan LongestSilence(long since)
    {
        List<long> times = [since, .. _times.Where(t => t > since).Order(), Stopwatch.GetTimestamp()];
        return times.Zip(times.Skip(1), Stopwatch.GetElapsedTime).Max();
    }

    /// <summary>Whether anything has been acknowledged since a timestamp.</summary>
    public bool HasAcknowledged(long since) => _times.Any(t => t > since);

    /// <summary>What is to be nowhere: the texts of messages whose deletion was acknowledged.</summary>
    public IReadOnlySet<string> Gone() => _deleted.Keys.SelectMany(TextsOf).ToHashSet();

    /// <summary>What a client sees goes there.</summary>
    public SeenLog Watch(string client)
    {
        var log = new SeenLog(client, (text, since) =>
            text is not null && _gone.TryGetValue(text, out var gone) && gone < since);
        _logs.Enqueue(log);
        return log;
    }

    /// <summary>Somebody is about to do something: from now on it may be there.</summary>
    public void Attempt(Deed deed) => _attempted[deed.Id] = deed;

    /// <summary>A client was told that its deed is durable; when it was sent again, the same.</summary>
    public void Acknowledge(Deed deed, long seq)
    {
        _times.Enqueue(Stopwatch.GetTimestamp());
        var before = _acknowledged.GetOrAdd(deed.Id, (deed, seq));
        if (before.Seq != seq)
        {
            Violate($"'{deed.Id}' was acknowledged as {before.Seq} and then as {seq}");
        }

        if (deed.Kind is DeedKind.Delete)
        {
            _deleted.TryAdd(deed.Target, true);
            foreach (var text in TextsOf(deed.Target))
            {
                _gone.TryAdd(text, Stopwatch.GetTimestamp());
            }
        }
    }

    public void Violate(string what) => _violations.Enqueue(what);

    /// <summary>Holds what is kept, shown and was seen against what was acknowledged.</summary>
    /// <param name="kept">All events of the room, as it gives them to who comes last.</param>
    /// <param name="shown">The room's messages as they read now, oldest first.</param>
    /// <returns>What is wrong; empty when nothing is.</returns>
    public IReadOnlyList<string> Check(
        IReadOnlyList<SeenEvent> kept, IReadOnlyList<(long Seq, string Text)> shown) =>
    [
        .. _violations,
        .. CheckKept(kept),
        .. CheckAcknowledged(kept.DistinctBy(e => e.Seq).ToDictionary(e => e.Seq)),
        .. CheckShown("The history", SeenEvent.Fold(kept), shown),
        .. CheckGone(kept.Select(e => e.Text).Concat(shown.Select(m => m.Text))),
        .. _logs.SelectMany(log => log.Violations),
        .. CheckAgreement(),
        .. _logs.SelectMany(log => CheckSeen(log, kept, shown)),
    ];

    private static IEnumerable<string> CheckKept(IReadOnlyList<SeenEvent> kept)
    {
        if (FirstGap(kept) is { } gap)
        {
            yield return $"The room's events {gap}";
        }

        // Neither an id nor a text is used for two things.
        var marks = kept.Select(e => e.ClientId).Concat(kept.Select(e => e.Text)).OfType<string>();
        foreach (var (mark, count) in marks.CountBy(m => m).Where(c => c.Value > 1))
        {
            yield return $"'{mark}' is there {count} times";
        }

        var deleted = new HashSet<long>();
        foreach (var e in kept)
        {
            if (e.Type == SeenEvent.Edit && deleted.Contains(e.Target))
            {
                yield return $"Edit {e.Seq} of message {e.Target} comes after its deletion";
            }
            else if (e.Type == SeenEvent.Delete)
            {
                deleted.Add(e.Target);
            }
        }
    }

    private IEnumerable<string> CheckAcknowledged(Dictionary<long, SeenEvent> kept)
    {
        foreach (var (deed, seq) in _acknowledged.Values)
        {
            // A deletion over HTTP is acknowledged without a number.
            var at = deed.Kind is DeedKind.Delete && seq == 0
                ? kept.Values.FirstOrDefault(e => e.Type == SeenEvent.Delete && e.Target == deed.Target)
                : kept.GetValueOrDefault(seq);
            if (at is null || !(IsOf(deed, at) || (at.Type == SeenEvent.Erased && MayBeGone(deed, seq, kept.Values))))
            {
                yield return $"{deed} was acknowledged as {seq}, and there is {at?.ToString() ?? "nothing"}";
            }

            if (deed.Kind is DeedKind.Delete && kept.GetValueOrDefault(deed.Target)?.Type is { } left
                && left != SeenEvent.Erased)
            {
                yield return $"Message {deed.Target} was deleted, and there is still a {left}";
            }
        }
    }

    private static bool IsOf(Deed deed, SeenEvent e) => deed.Kind switch
    {
        DeedKind.Say => e.Type == SeenEvent.Message && e.ClientId == deed.Id && e.Text == deed.Text,
        DeedKind.Edit => e.Type == SeenEvent.Edit && e.ClientId == deed.Id && e.Text == deed.Text
            && e.Target == deed.Target,
        _ => e.Type == SeenEvent.Delete && e.Target == deed.Target,
    };

    // Only what somebody deletes may be gone.
    private static bool MayBeGone(Deed deed, long seq, IEnumerable<SeenEvent> kept)
    {
        var target = deed.Kind is DeedKind.Say ? seq : deed.Target;
        return deed.Kind is not DeedKind.Delete
            && kept.Any(e => e.Type == SeenEvent.Delete && e.Target == target);
    }

    private IEnumerable<string> CheckGone(IEnumerable<string?> texts)
    {
        var gone = Gone();
        return texts.Where(t => t is not null && gone.Contains(t)).Distinct()
            .Select(t => $"'{t}' was deleted, and is there");
    }

    private IEnumerable<string> CheckAgreement() => _logs
        .SelectMany(log => log.Events).Where(e => e.Type != SeenEvent.Erased).Distinct()
        .CountBy(e => e.Seq).Where(c => c.Value > 1)
        .Select(c => $"Event {c.Key} was {c.Value} different ones to different clients");

    private static IEnumerable<string> CheckSeen(
        SeenLog log, IReadOnlyList<SeenEvent> kept, IReadOnlyList<(long Seq, string Text)> shown)
    {
        if (FirstGap(log.Events) is { } gap)
        {
            yield return $"To {log.Client} the events {gap}";
            yield break;
        }

        if (log.Events.Count != kept.Count)
        {
            yield return $"{log.Client} saw {log.Events.Count} of {kept.Count} events";
            yield break;
        }

        // Who looks late finds a tombstone where others have seen a text; nobody finds anything else.
        foreach (var (seen, now) in log.Events.Zip(kept).Where(p => p.First != p.Second))
        {
            if (now.Type != SeenEvent.Erased || seen.Type is not (SeenEvent.Message or SeenEvent.Edit))
            {
                yield return $"{log.Client} saw {seen}, and there is {now}";
            }
        }

        foreach (var wrong in CheckShown(log.Client, SeenEvent.Fold(log.Events), shown))
        {
            yield return wrong;
        }
    }

    private static IEnumerable<string> CheckShown(
        string who, SortedDictionary<long, string> folded, IReadOnlyList<(long Seq, string Text)> shown)
    {
        var expected = folded.Select(m => (Seq: m.Key, Text: m.Value)).ToList();
        return expected.SequenceEqual(shown) ? []
            :
            [
                $"{who} does not read as its events say: "
                    + string.Join(", ", expected.Except(shown).Take(3)) + " against "
                    + string.Join(", ", shown.Except(expected).Take(3)),
            ];
    }

    private static string? FirstGap(IReadOnlyList<SeenEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Seq != i + 1)
            {
                return $"go from {(i == 0 ? 0 : events[i - 1].Seq)} to {events[i].Seq}";
            }
        }

        return null;
    }

    private IEnumerable<string> TextsOf(long message) => _attempted.Values
        .Where(d => d.Kind is DeedKind.Edit && d.Target == message)
        .Concat(_acknowledged.Values.Where(a => a.Deed.Kind is DeedKind.Say && a.Seq == message).Select(a => a.Deed))
        .Select(d => d.Text);
}
