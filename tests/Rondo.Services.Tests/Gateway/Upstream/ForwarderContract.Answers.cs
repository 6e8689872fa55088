using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <content>The table of docs/services/upstream.md, row by row.</content>
public abstract partial class ForwarderContract
{
    [Fact]
    public async Task Answers_EveryRow_IsHandedOnAsWritten()
    {
        var wrong = new List<string>();
        string[] parts = [];
        var ends = false;
        var next = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            while (await peer.ReadHeadAsync() is not null)
            {
                // The test goes on to the next row as soon as the client has its answer.
                var (asked, isLast) = (parts, ends);
                for (var n = 0; n < asked.Length; n++)
                {
                    if (n > 0)
                    {
                        await next.PassAsync();
                    }

                    await peer.WriteAsync(asked[n]);
                }

                if (isLast)
                {
                    return;
                }
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        foreach (var row in new ServiceDocument("upstream").Table("Answers"))
        {
            (parts, ends) = (row[0].Split("..").Select(AnswerText.Expand).ToArray(), row[1] == "end");
            var expected = IsPlatforms && row[3].Length > 0 ? row[3] : row[2];
            var seen = await AnswerAsync(rig, parts.Length > 1 ? next : null, expected);
            if (seen != expected)
            {
                wrong.Add($"{row[0]}: {seen}, not {expected}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task<string> AnswerAsync(ForwarderRig rig, SemaphoreSlim? next, string expected)
    {
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync(more: "Connection: close\r\n");
        if (next is not null)
        {
            await client.ReceiveAsync();
            while (!client.Seen.Contains("hi", StringComparison.Ordinal) && await client.ReceiveAsync())
            {
            }

            next.Release();
        }

        string text;
        try
        {
            text = await client.ToEndAsync();
        }
        catch (OperationCanceledException)
        {
            return $"no end after '{client.Seen}'";
        }

        var result = await rig.ResultAsync();
        if (text.Length == 0)
        {
            return $"nothing, {result}";
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (text[..end], text[(end + 4)..]);
        var isChunked = head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal);
        var isWhole = !client.IsReset && (isChunked
            ? body.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
            : !head.Contains("Content-Length: 5", StringComparison.Ordinal));
        var status = head.Split(' ')[1];
        if (!isWhole || result.Outcome != ForwardOutcome.Completed && status == "200")
        {
            return $"{status} cut";
        }

        // Of what failed, the rig's answer names the outcome.
        Assert.Equal(status != "502", result.Outcome == ForwardOutcome.Completed);
        var data = isChunked
            ? string.Concat(body.Split("\r\n").Where((_, n) => n % 2 == 1))
            : body;
        return expected.Length > 4 || data.Length > 0 ? $"{status} {data}".TrimEnd() : status;
    }
}
