using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rondo.Services.Board;

/// <summary>
/// The board in one language at one moment, in pieces of which each knows since when it is so: whoever has seen an
/// earlier edition needs those alone that are newer, however many there were between. Immutable.
/// </summary>
/// <param name="facts">What it shows.</param>
/// <param name="layout">Names everything that is not a piece: a page with another layout has to be loaded anew.</param>
/// <param name="seq">Counts editions of this process.</param>
/// <param name="pieces">By name.</param>
internal sealed class BoardEdition(
    BoardFacts facts, string layout, long seq, ImmutableDictionary<string, BoardPiece> pieces)
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<long, byte[]> _since = new();

    public BoardFacts Facts { get; } = facts;

    public string Layout { get; } = layout;

    public long Seq { get; } = seq;

    /// <summary>Whether a piece of it is new.</summary>
    public bool HasNews => pieces.Values.Any(p => p.Seq == Seq);

    /// <summary>Ends when there is a newer one.</summary>
    public Task Replaced => _replaced.Task;

    public void SetReplaced() => _replaced.TrySetResult();

    public string Piece(string name) => pieces[name].Content;

    /// <summary>The next edition.</summary>
    public BoardEdition With(BoardFacts next, string nextLayout, IEnumerable<(string Name, string Content)> contents)
    {
        var number = Seq + 1;
        return new BoardEdition(next, nextLayout, number, contents.ToImmutableDictionary(
            c => c.Name,
            c => pieces.TryGetValue(c.Name, out var known) && known.Content == c.Content
                ? known
                : new BoardPiece(c.Content, number)));
    }

    /// <summary>What is newer than an edition, as JSON; made once for all who have seen the same.</summary>
    public byte[] Since(long seen) => _since.GetOrAdd(seen, static (from, edition) => edition.Write(from), this);

    private byte[] Write(long seen)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("at", BoardAge.Text(Facts.At));
            json.WriteString("layout", Layout);
            json.WriteStartObject("pieces");
            foreach (var (name, piece) in pieces.Where(p => p.Value.Seq > seen).OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, piece.Content);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
