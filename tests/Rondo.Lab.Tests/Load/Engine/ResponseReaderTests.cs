using System.Text;
using Rondo.Lab.Load.Engine;

namespace Rondo.Lab.Tests.Load.Engine;

public sealed class ResponseReaderTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, 5, true)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", 200, 0, true)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno", 404, 2, false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, 2, false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok", 200, 2, true)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, 0, true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, 0, true)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, 1, true)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, 2, true)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 6\n\nab\r\n\r\n", 200, 6, true)]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, 0, true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close, upgrade\r\nContent-Length: 1\r\n\r\nx", 200, 1, false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: not-close\r\nContent-Length: 1\r\n\r\nx", 200, 1, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip , chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 200, 1, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1A;x=y\r\n01234567890123456789012345\r\n0\r\n\r\n",
        200, 31, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nLonger: trailer\r\n\r\n", 200, 0, true)]
    public void Read_Whole_ByBytesAndAtOnce_Completes(string text, int status, long body, bool keepsAlive)
    {
        foreach (var piece in (int[])[1, 2, 3, 7, 1000])
        {
            var reader = new ResponseReader();
            reader.Start(isHead: false);

            Assert.Equal(ResponseStep.Complete, Feed(reader, Encoding.Latin1.GetBytes(text), piece));
            Assert.Equal((status, body, keepsAlive), (reader.Status, reader.BodyBytes, reader.KeepsAlive));
        }
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 -12 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n")]
    public void Read_NoHttp_IsMalformedAndSaysWhy(string text)
    {
        foreach (var piece in (int[])[1, 5, 1000])
        {
            var reader = new ResponseReader();
            reader.Start(isHead: false);

            Assert.Equal(ResponseStep.Malformed, Feed(reader, Encoding.Latin1.GetBytes(text), piece));
            Assert.NotEmpty(reader.Problem);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")]
    public void Read_EndlessLine_IsMalformedInBoundedMemory(string start)
    {
        var reader = new ResponseReader();
        reader.Start(isHead: false);
        Feed(reader, Encoding.Latin1.GetBytes(start), 1000);
        var line = Encoding.Latin1.GetBytes("X-Again: " + new string('a', 1000));
        var step = ResponseStep.More;

        for (var i = 0; i < 200 && step == ResponseStep.More; i++)
        {
            step = reader.Read(line, out _);
        }

        Assert.Equal(ResponseStep.Malformed, step);
    }

    [Fact]
    public void Read_NoLength_LastsUntilTheEnd()
    {
        var reader = new ResponseReader();
        reader.Start(isHead: false);

        Assert.Equal(ResponseStep.More, Feed(reader, "HTTP/1.1 200 OK\r\n\r\nabc"u8.ToArray(), 1000));
        Assert.True(reader.IsWholeAtEnd());
        Assert.Equal((3, false), (reader.BodyBytes, reader.KeepsAlive));
    }

    [Fact]
    public void IsWholeAtEnd_HalfABody_IsFalse()
    {
        var reader = new ResponseReader();
        reader.Start(isHead: false);
        Feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"u8.ToArray(), 1000);

        Assert.False(reader.IsWholeAtEnd());
    }

    [Fact]
    public void Read_HeadRequest_HasNoBody()
    {
        var reader = new ResponseReader();
        reader.Start(isHead: true);

        Assert.Equal(
            ResponseStep.Complete, Feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"u8.ToArray(), 1000));
    }

    [Fact]
    public void Read_TwoResponses_UsesOnlyTheFirst()
    {
        var reader = new ResponseReader();
        reader.Start(isHead: false);
        var first = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"u8;

        var step = reader.Read([.. first, .. first], out var used);

        Assert.Equal((ResponseStep.Complete, first.Length), (step, used));
    }

    [Fact]
    public void Read_ManyResponses_AllocatesNothing()
    {
        var reader = new ResponseReader();
        var response = "HTTP/1.1 200 OK\r\nServer: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"u8.ToArray();
        ReadOnce();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            ReadOnce();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void ReadOnce()
        {
            reader.Start(isHead: false);
            reader.Read(response.AsSpan(0, 20), out _);
            reader.Read(response.AsSpan(20), out _);
        }
    }

    private static ResponseStep Feed(ResponseReader reader, byte[] bytes, int piece)
    {
        var step = ResponseStep.More;
        for (var at = 0; at < bytes.Length && step == ResponseStep.More;)
        {
            step = reader.Read(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)), out var used);
            at += used;
        }

        return step;
    }
}
