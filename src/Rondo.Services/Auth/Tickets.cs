using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Rondo.Services.Auth;

/// <summary>
/// Tickets for browsers, which cannot send a header with a WebSocket or an event stream: good once, for some seconds,
/// for one path and the pages of one origin.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class Tickets(TimeProvider time)
{
    public const string Parameter = "ticket";
    public const string Scheme = "tk_";

    private const int Most = 10_000;
    private const int Length = 43;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly ConcurrentDictionary<string, Ticket> _tickets = new();

    public static TimeSpan Life { get; } = TimeSpan.FromSeconds(30);

    /// <summary>A ticket for who holds a key; null when too many wait to be used.</summary>
    public string? Make(string prefix, string path, string? origin)
    {
        var now = time.GetUtcNow();
        if (_tickets.Count >= Most)
        {
            foreach (var (old, given) in _tickets)
            {
                if (given.Ends <= now)
                {
                    _tickets.TryRemove(old, out _);
                }
            }

            if (_tickets.Count >= Most)
            {
                return null;
            }
        }

        var text = Scheme + RandomNumberGenerator.GetString(Alphabet, Length);
        _tickets[text] = new Ticket(prefix, path, origin, now + Life);
        return text;
    }

    /// <summary>
    /// The prefix of the secret behind a ticket, which is used up with this; null when it is good for nothing.
    /// </summary>
    public string? Use(string text, string path, string? origin) =>
        _tickets.TryRemove(text, out var ticket)
        && ticket.Ends > time.GetUtcNow()
        && ticket.Path == path
        && (origin is null || string.Equals(ticket.Origin, origin, StringComparison.OrdinalIgnoreCase))
            ? ticket.Prefix
            : null;

    private sealed record Ticket(string Prefix, string Path, string? Origin, DateTimeOffset Ends);
}
