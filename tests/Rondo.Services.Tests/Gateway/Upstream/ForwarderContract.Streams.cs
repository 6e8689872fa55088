using System.Security.Cryptography;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <content>Bodies: whole, in chunks, large, slow, and cut.</content>
public abstract partial class ForwarderContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(1024 * 1024)]
    public async Task Body_WithLength_ArrivesWithLength(int length)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        string? head = null;
        byte[]? seen = null;
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            head = await peer.ReadHeadAsync();
            seen = await peer.ReadAsync(length);
            await peer.WriteAsync(Hi);
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nContent-Type: a/b\r\n\r\n");
        await client.SendAsync(body);

        var answer = await client.AnswerAsync();
        Assert.True(answer.Body == "hi", answer.Head + client.Seen);
        Assert.Contains($"\r\nContent-Length: {length}\r\n", head, StringComparison.Ordinal);
        Assert.Equal(body, seen);
        Assert.Equal(length > 0, (await rig.ResultAsync()).IsBodyTouched);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300 * 1024)]
    public async Task Body_InChunks_ArrivesInChunks(int length)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        string? head = null;
        byte[]? seen = null;
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            head = await peer.ReadHeadAsync();
            seen = await peer.ReadChunksAsync();
            await peer.WriteAsync(Hi);
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.SendAsync($"{length:x};a=b\r\n");
        await client.SendAsync(body);
        await client.SendAsync("\r\n0\r\nX-Evil: 1\r\n\r\n");

        Assert.Equal("hi", (await client.AnswerAsync()).Body);
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", head, StringComparison.Ordinal);
        Assert.Equal(body, seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_OfManyBlocks_ArrivesWhole(bool isChunked)
    {
        var body = RandomNumberGenerator.GetBytes(3_000_000);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(
                $"HTTP/1.1 200 OK\r\n{(isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 3000000")}\r\n\r\n");
            for (var sent = 0; sent < body.Length;)
            {
                var part = body.AsSpan(sent, Math.Min(RandomNumberGenerator.GetInt32(1, 100_000), body.Length - sent));
                sent += part.Length;
                await peer.WriteAsync(isChunked
                    ? [.. System.Text.Encoding.ASCII.GetBytes($"{part.Length:X}\r\n"), .. part, .. "\r\n"u8]
                    : part.ToArray());
            }

            await peer.WriteAsync(isChunked ? "0\r\n\r\n" : "");
            await peer.ReadHeadAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var http = new HttpClient { BaseAddress = rig.Address };

        Assert.Equal(body, await http.GetByteArrayAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal(ForwardOutcome.Completed, (await rig.ResultAsync()).Outcome);
    }

    [Fact]
    public async Task Stream_OfEvents_ArrivesEventByEvent()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var n = 0; n < 5; n++)
            {
                await next.PassAsync();
                await peer.WriteAsync($"9\r\ndata: {n}\n\n\r\n");
            }

            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();

        // The head comes before there is an event.
        if (!IsPlatforms)
        {
            Assert.Contains("text/event-stream", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        }

        for (var n = 0; n < 5; n++)
        {
            next.Release();
            await client.UntilAsync($"data: {n}\n\n");
        }
    }

    [Fact]
    public async Task Expect_IsAnsweredHere()
    {
        string? head = null;
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            head = await peer.ReadHeadAsync();
            await peer.ReadAsync(4);
            await peer.WriteAsync(Hi);
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        await client.UntilAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await client.SendAsync("body");

        Assert.Equal("hi", (await client.AnswerAsync()).Body);
        Assert.DoesNotContain("Expect", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowReader_HoldsTheUpstreamUp()
    {
        var sent = 0L;
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n");
            var block = new byte[100_000];
            for (; sent < 200_000_000; sent += block.Length)
            {
                await peer.WriteAsync(block);
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address, receiveBuffer: 64 * 1024);

        await client.GetAsync();
        await client.UntilAsync("\r\n\r\n");

        // It stops: nothing more is taken from the upstream although it would send.
        var before = -1L;
        using var limit = new CancellationTokenSource(Guard);
        while (before != (before = Volatile.Read(ref sent)))
        {
            await SettleAsync(rig);
            await SettleAsync(rig);
            limit.Token.ThrowIfCancellationRequested();
        }

        Assert.InRange(before, 0, 50_000_000);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nshort")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nzz\r\n")]
    public async Task Body_ThatTheClientBreaks_DoesNotLookWholeToTheUpstream(string rest)
    {
        var ends = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            began.Release();
            try
            {
                ends.SetResult(await peer.ReadToEndAsync());
            }
            catch (IOException)
            {
                ends.SetResult("reset");
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        var blank = rest.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n" + rest[..blank]);
        await began.PassAsync();
        await client.SendAsync(rest[blank..]);
        client.End();

        var seen = await ends.Task.WaitAsync(Guard, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("0\r\n\r\n", seen, StringComparison.Ordinal);
        var result = await rig.ResultAsync();
        Assert.Contains(result.Outcome, new[] { ForwardOutcome.BodyFailed, ForwardOutcome.ClientLeft });
    }
}
