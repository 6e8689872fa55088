using System.Globalization;
using System.Text;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>
/// Our reader beside the platform's client over mutated answers: what ours takes, the platform's understands alike, in
/// whatever pieces it comes. <c>RONDO_MUTATIONS=1000000</c> runs as many.
/// </summary>
public sealed class AnswerDifferentialTests
{
    private const int Seed = 20261122;

    private static readonly string[] Seeds =
    [
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer: x\r\n\r\n"
            + "5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nX-T: 1\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nConnection: close\r\n\r\nuntil the end",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 204 None\r\nX-A: b\r\nX-A: c\r\n\r\n",
        "HTTP/1.1 304 Same\r\nETag: \"x\"\r\nContent-Length: 10\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n",
    ];

    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", ",", "0", "1", "5", "9", "a", "f", "G", "-", "+", "\u00e9",
        "Content-Length: 3\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Connection: close\r\n", " folded\r\n", "0\r\n\r\n", "3\r\nabc\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.0",
        "chunked",
    ];

    [Fact]
    public async Task MutatedAnswers_ThatWeTake_AreUnderstoodAlikeByThePlatform()
    {
        var count = int.Parse(
            Environment.GetEnvironmentVariable("RONDO_MUTATIONS") ?? "4000", CultureInfo.InvariantCulture);
        var random = new Random(Seed);
        using var client = new ScriptedClient();
        var (taken, wrong) = (0, new List<string>());
        for (var n = 0; n < count && wrong.Count < 20; n++)
        {
            var answer = n < Seeds.Length ? Seeds[n] : Mutate(random, Seeds[n % Seeds.Length]);
            var ours = AnswerReader.Read(answer, [answer.Length]);
            var inPieces = AnswerReader.Read(answer, Cuts(random, answer.Length));
            if (ours != inPieces)
            {
                wrong.Add($"#{n} {Escape(answer)}: {ours}, in pieces {inPieces}");
            }

            if (n < Seeds.Length && ours is null)
            {
                wrong.Add($"{Escape(answer)} is not taken.");
            }

            if (ours is not null)
            {
                taken++;
                var theirs = await client.ReadAsync(answer);
                if (ours != theirs)
                {
                    wrong.Add($"#{n} {Escape(answer)}: {ours}, the platform {theirs ?? "nothing"}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(taken, count / 20, count);
    }

    private static string Mutate(Random random, string seed)
    {
        var text = new StringBuilder(seed);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1 when at < text.Length:
                    text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at));
                    break;
                case 2 when at < text.Length:
                    text[at] = (char)random.Next(256);
                    break;
                default:
                    var length = Math.Min(random.Next(1, 30), text.Length - Math.Min(at, text.Length));
                    text.Insert(random.Next(text.Length + 1), text.ToString(Math.Min(at, text.Length), length));
                    break;
            }
        }

        return text.ToString();
    }

    private static int[] Cuts(Random random, int length) =>
        [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(length + 1)).Order(), length];

    private static string Escape(string text) => text.Replace("\r", "\\r").Replace("\n", "\\n").Replace("\0", "\\0");
}
