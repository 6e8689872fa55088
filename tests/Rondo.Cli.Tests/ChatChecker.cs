using System.Collections.Concurrent;

namespace Rondo.Cli.Tests;

/// <summary>
/// What a conversation must have kept, whatever happened to the server: every message that was acknowledged is there
/// once, with what was said, and everybody saw one order.
/// </summary>
internal sealed class ChatChecker
{
    private readonly ConcurrentDictionary<string, (long Seq, string Text)> _acknowledged = new();

    public int Acknowledged => _acknowledged.Count;

    /// <summary>A client was told that its message is durable; after it was sent again, the same.</summary>
    public void Acknowledge(string clientId, long seq, string text) => Assert.Equal(
        (seq, text), _acknowledged.GetOrAdd(clientId, (seq, text)));

    /// <summary>Holds what is kept against what was acknowledged.</summary>
    /// <param name="history">The room's messages.</param>
    /// <param name="seen">What each client saw, in the order in which it came, over all its connections.</param>
    public void Check(
        IReadOnlyList<(long Seq, string? ClientId, string Text)> history,
        IReadOnlyList<IReadOnlyList<(long Seq, string Text)>> seen)
    {
        var kept = history.ToDictionary(m => m.Seq);
        Assert.Equal(history.Count, history.Select(m => m.ClientId).Distinct().Count());
        Assert.Equal(history.Select(m => m.Seq).Order(), history.Select(m => m.Seq));
        Assert.All(_acknowledged, a => Assert.Equal((a.Value.Seq, a.Key, a.Value.Text), kept[a.Value.Seq]));

        // At least once on the wire, and in order; once when the repetitions are dropped by number.
        Assert.All(seen, client =>
        {
            Assert.Equal(client.Select(m => m.Seq).Distinct().Order(), client.Select(m => m.Seq));
            Assert.All(client, m => Assert.Equal(kept[m.Seq].Text, m.Text));
        });
        Assert.All(seen, client => Assert.Equal(history.Select(m => m.Seq), client.Select(m => m.Seq)));
    }
}
