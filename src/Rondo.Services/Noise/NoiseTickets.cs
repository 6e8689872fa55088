using System.Collections.Concurrent;

namespace Rondo.Services.Noise;

/// <summary>
/// Tickets with which a device enrols itself: good once, for ten minutes, for one room. They are in memory alone: a
/// restart ends them.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class NoiseTickets(TimeProvider time)
{
    private const int Most = 1000;

    private readonly ConcurrentDictionary<string, (string RoomId, DateTimeOffset Ends)> _tickets = new();

    public static TimeSpan Life { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The address at which a ticket is used; what is behind the hash never leaves the browser.</summary>
    public static string PathOf(string roomId, string ticket) => $"/noise/measure/{roomId}#ticket={ticket}";

    /// <summary>A ticket, and when it ends; null when too many wait to be used.</summary>
    public (string Text, DateTimeOffset Ends)? Make(string roomId)
    {
        var now = time.GetUtcNow();
        foreach (var (text, (_, end)) in _tickets)
        {
            if (end <= now)
            {
                _tickets.TryRemove(text, out _);
            }
        }

        if (_tickets.Count >= Most)
        {
            return null;
        }

        var (ticket, ends) = (NoiseToken.Make(NoiseToken.TicketScheme), now + Life);
        _tickets[NoiseToken.HashOf(ticket)] = (roomId, ends);
        return (ticket, ends);
    }

    /// <summary>The room of a ticket, which is used up with this; null when it is good for nothing.</summary>
    public string? Use(string ticket) =>
        _tickets.TryRemove(NoiseToken.HashOf(ticket), out var known) && known.Ends > time.GetUtcNow()
            ? known.RoomId
            : null;
}
