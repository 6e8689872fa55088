using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>A reaction to a message: how many have it, and whether who asks does.</summary>
internal readonly record struct ReactionCount(string Reaction, int Count, bool IsMine);

/// <summary>
/// Who reacts to a room's messages, and how: folded from its events, each of which may be seen more than once and late.
/// The room's loop's.
/// </summary>
internal sealed class RoomReactions
{
    // By message and who did what: the newest event about it counts.
    private readonly Dictionary<long, Dictionary<(string Reaction, string Who), Deed>> _deeds = [];

    /// <summary>Takes in an event.</summary>
    public void Fold(long target, string reaction, string who, StoredEvent by, bool isThere)
    {
        if (!_deeds.TryGetValue(target, out var deeds))
        {
            _deeds.Add(target, deeds = []);
        }

        if (!deeds.TryGetValue((reaction, who), out var before) || before.By.Seq < by.Seq)
        {
            deeds[(reaction, who)] = new Deed(by, isThere);
        }
    }

    /// <summary>The event by which somebody has last reacted so or taken it back, and which of the two.</summary>
    public (StoredEvent By, bool IsThere)? Find(long target, string reaction, string who) =>
        _deeds.TryGetValue(target, out var deeds) && deeds.TryGetValue((reaction, who), out var deed)
            ? (deed.By, deed.IsThere)
            : null;

    /// <summary>Those of a message, the oldest first.</summary>
    public IReadOnlyList<ReactionCount> Of(long target, string reader) =>
        !_deeds.TryGetValue(target, out var deeds) ? []
            : [
                .. deeds.Where(d => d.Value.IsThere)
                    .GroupBy(d => d.Key.Reaction)
                    .OrderBy(kind => kind.Min(d => d.Value.By.Seq))
                    .Select(kind => new ReactionCount(kind.Key, kind.Count(), kind.Any(d => d.Key.Who == reader))),
            ];

    /// <summary>Those of a message that is gone.</summary>
    public void Forget(long target) => _deeds.Remove(target);

    /// <summary>Those of messages that are no longer kept.</summary>
    public void ForgetBefore(long first)
    {
        foreach (var target in _deeds.Keys.Where(t => t < first).ToList())
        {
            _deeds.Remove(target);
        }
    }

    /// <summary>What somebody has done up to an event, who is erased by it.</summary>
    public void ForgetPerson(string who, long upTo)
    {
        foreach (var deeds in _deeds.Values)
        {
            foreach (var (what, _) in deeds.Where(d => d.Key.Who == who && d.Value.By.Seq <= upTo).ToList())
            {
                deeds.Remove(what);
            }
        }
    }

    private readonly record struct Deed(StoredEvent By, bool IsThere);
}
