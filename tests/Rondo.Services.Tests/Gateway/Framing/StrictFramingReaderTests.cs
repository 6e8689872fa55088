using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Gateway.Framing;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>What the server sees of the bytes, read by read.</summary>
public sealed class StrictFramingReaderTests : IAsyncDisposable
{
    private const int MostBytesOfState = 336;
    private const string Request =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n";

    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
        useSynchronizationContext: false));

    private readonly DefaultConnectionContext _connection;
    private readonly StrictFramingReader _reader;
    private ValueTask<ReadResult> _pending;

    public StrictFramingReaderTests()
    {
        _connection = new DefaultConnectionContext { Transport = new Duplex(_pipe.Reader, _pipe.Writer) };
        _reader = Make();
    }

    [Fact]
    public async Task Head_InParts_IsSeenAsItComesButForItsEnd()
    {
        Assert.Equal("GE", await NextAsync("GE"));
        Assert.Equal("GET / HTTP/1.1", await NextAsync("T / HTTP/1.1\r"));
        Assert.Equal("GET / HTTP/1.1\r\nHost: x\r\nFo", await NextAsync("\nHost: x\r\nFo"));
        Assert.Equal("GET / HTTP/1.1\r\nHost: x\r\nFoo: bar\r\n", await NextAsync("o: bar\r\n\r"));
        Assert.Equal("GET / HTTP/1.1\r\nHost: x\r\nFoo: bar\r\n\r\n", await NextAsync("\nGET"));
    }

    [Fact]
    public async Task PipelinedRequest_IsSeenOnceTheOneBeforeIsConsumed()
    {
        const string one = "GET /1 HTTP/1.1\r\n\r\n";
        await WriteAsync(one + "GET /2 HTTP/1.1\r\n\r\nGET");

        Assert.Equal(one, Consume(await _reader.ReadAsync(TestContext.Current.CancellationToken)));
        Assert.True(_reader.TryRead(out var second));
        Assert.Equal("GET /2 HTTP/1.1\r\n\r\n", Consume(second));
        Assert.True(_reader.TryRead(out var third));
        Assert.Equal("GET", Text(third));
        _reader.AdvanceTo(third.Buffer.Start, third.Buffer.End);
        Assert.False(_reader.TryRead(out _));
    }

    [Fact]
    public async Task ChunkLine_InParts_WakesTheReaderOnceItIsWhole()
    {
        var head = Request[..(Request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];
        await WriteAsync(head);
        Consume(await _reader.ReadAsync(TestContext.Current.CancellationToken));
        var read = _reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

        foreach (var part in (string[])["5", ";a", "=b", "\r"])
        {
            await WriteAsync(part);
            Assert.False(read.IsCompleted);
        }

        await WriteAsync("\nhel");
        Assert.Equal("5;a=b\r\nhel", Consume(await read));
    }

    [Fact]
    public async Task Doubt_BehindGoodLines_IsSeenAsALineThatNoServerTakesAndTheEnd()
    {
        await WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello");

        var good = await _reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("GET / HTTP/1.1\r\nHost: x\r\n", Consume(good));
        var refused = await _reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("\0\0\0\0\0\0\0\0\0\0", Text(refused));
        Assert.True(refused.IsCompleted);
        Consume(refused);
        Assert.True(_reader.TryRead(out var again));
        Assert.Equal(Text(refused), Text(again));
    }

    [Fact]
    public async Task Unjudged_TakenForReadByTheServer_IsRefused()
    {
        await WriteAsync("GET / HT");
        Consume(await _reader.ReadAsync(TestContext.Current.CancellationToken));
        await WriteAsync("TP/1.1\r\n\r\n");

        Assert.StartsWith("\0", Text(await _reader.ReadAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Read_Cancelled_EndsWithoutBytes()
    {
        var read = _reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

        _reader.CancelPendingRead();

        Assert.True((await read).IsCanceled);
        Assert.Equal("GE", await NextAsync("GE"));
    }

    [Fact]
    public async Task Read_OfABrokenConnection_Fails()
    {
        var read = _reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

        await _pipe.Writer.CompleteAsync(new ConnectionResetException("gone"));

        await Assert.ThrowsAsync<ConnectionResetException>(() => read);
    }

    [Fact]
    public async Task End_InTheMiddle_IsTheServers()
    {
        await WriteAsync("GET / HTTP/1.1\r");
        await _pipe.Writer.CompleteAsync();

        var end = await _reader.ReadAsync(TestContext.Current.CancellationToken);

        Assert.True(end.IsCompleted);
        Assert.Equal("GET / HTTP/1.1", Text(end));
    }

    [Fact]
    public void Requests_OneAfterTheOther_AllocateNothing()
    {
        var request = Encoding.ASCII.GetBytes(Request);
        Action take = () => _reader.AdvanceTo(_pending.Result.Buffer.End);
        for (var i = 0; i < 10; i++)
        {
            Pass(request, take);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Pass(request, take);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void State_OfAConnection_IsSmall()
    {
        Make();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var made = Make();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(bytes, 1, MostBytesOfState);
        GC.KeepAlive(made);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // As the server does between requests: it waits, and takes what comes.
    private void Pass(byte[] request, Action take)
    {
        var pending = _reader.ReadAsync(CancellationToken.None);
        _pending = pending;
        if (pending.IsCompleted)
        {
            Assert.Fail("Nothing has come yet.");
        }

        _pending.GetAwaiter().UnsafeOnCompleted(take);
        var written = _pipe.Writer.WriteAsync(request, CancellationToken.None);
        if (!written.IsCompletedSuccessfully)
        {
            Assert.Fail("The request was not taken.");
        }
    }

    private StrictFramingReader Make() => new(_connection, NullLogger.Instance);

    private async Task WriteAsync(string text) =>
        await _pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>Writes, and gives what is seen then; nothing of it is consumed.</summary>
    private async Task<string> NextAsync(string text)
    {
        var read = _reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        await WriteAsync(text);
        var result = await read;
        _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        return Text(result);
    }

    private string Consume(ReadResult result)
    {
        var text = Text(result);
        _reader.AdvanceTo(result.Buffer.End);
        return text;
    }

    private static string Text(ReadResult result) => Encoding.Latin1.GetString(result.Buffer.ToArray());

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
