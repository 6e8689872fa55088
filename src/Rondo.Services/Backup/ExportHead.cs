using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Backup;

/// <summary>What the first line of exported streams says of the rest: it saw the same moment.</summary>
/// <param name="Epoch">The history that the events belong to.</param>
/// <param name="Streams">What there is of each.</param>
/// <param name="Lines">How many lines there are, this one included.</param>
internal sealed record ExportHead(ulong Epoch, IReadOnlyList<StreamHead> Streams, long Lines)
{
    public static ExportHead Parse(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        if (!StreamCursor.TryParseEpoch(json.GetProperty("epoch").GetString(), out var epoch))
        {
            throw new InvalidDataException("The export names no epoch.");
        }

        var streams = json.GetProperty("streams").EnumerateArray()
            .Select(s => new StreamHead(
                s.GetProperty("stream").GetString()!, s.GetProperty("first").GetInt64(),
                s.GetProperty("last").GetInt64(), epoch))
            .ToList();
        var more = json.GetProperty("snapshots").GetInt64() + json.GetProperty("keys").GetInt64();
        return new ExportHead(epoch, streams, 1 + more + streams.Sum(s => s.Last - s.First + 1));
    }
}
