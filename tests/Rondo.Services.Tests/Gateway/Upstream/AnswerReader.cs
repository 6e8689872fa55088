using System.Text;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>An answer to a GET as our side understands it, without a connection.</summary>
internal static class AnswerReader
{
    /// <summary>Status, body and fields; null if it breaks the protocol or is cut.</summary>
    /// <param name="answer">All that the upstream sends before it ends its side.</param>
    /// <param name="cuts">Where the pieces end in which it comes.</param>
    public static string? Read(string answer, int[] cuts)
    {
        var head = new AnswerHead();
        head.Reset();
        var chunks = default(ChunkedBody);
        var body = new StringBuilder();
        var bytes = Encoding.Latin1.GetBytes(answer);
        var (at, interim, hasHead) = (0, 0, false);
        foreach (var end in cuts)
        {
            while (!hasHead)
            {
                var progress = head.Read(bytes.AsSpan(at, end - at), out var read);
                at += read;
                if (progress == HeadProgress.Invalid || (progress == HeadProgress.Complete && head.Status == 101))
                {
                    return null;
                }

                if (progress == HeadProgress.Incomplete)
                {
                    break;
                }

                hasHead = head.Status >= 200;
                if (!hasHead && ++interim > 8)
                {
                    return null;
                }

                if (!hasHead)
                {
                    head.Reset();
                }
            }

            if (!hasHead)
            {
                continue;
            }

            var piece = bytes.AsSpan(at, end - at).ToArray();
            switch (head.FramingFor(isHead: false))
            {
                case BodyFraming.Chunked:
                    var length = chunks.Read(piece, out var used);
                    at += used;
                    body.Append(Encoding.Latin1.GetString(piece, 0, length));
                    break;
                case BodyFraming.Length:
                    var count = (int)Math.Min(piece.Length, head.Length!.Value - body.Length);
                    at += count;
                    body.Append(Encoding.Latin1.GetString(piece, 0, count));
                    break;
                case BodyFraming.UntilClose:
                    at = end;
                    body.Append(Encoding.Latin1.GetString(piece));
                    break;
            }
        }

        var isWhole = hasHead && head.FramingFor(isHead: false) switch
        {
            BodyFraming.Chunked => chunks.IsDone,
            BodyFraming.Length => body.Length == head.Length,
            _ => true,
        };
        return isWhole ? Describe(head.Status, body.ToString(), Fields(head)) : null;
    }

    /// <summary>In one form for both readers.</summary>
    public static string Describe(int status, string body, IEnumerable<(string Name, string Value)> fields) =>
        $"{status} '{body}' " + string.Join(
            " | ",
            fields.Where(f => !f.Name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase))
                .GroupBy(f => f.Name.ToLowerInvariant(), f => f.Value)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => $"{g.Key}={string.Join('+', g)}"));

    private static (string, string)[] Fields(AnswerHead head) =>
        [.. head.Fields.ToArray().Select(f => (f.Name, f.Value))];
}
