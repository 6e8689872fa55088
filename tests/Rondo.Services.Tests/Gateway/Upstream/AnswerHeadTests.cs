using System.Text;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

public sealed class AnswerHeadTests
{
    [Fact]
    public void Head_InAnyPieces_IsReadAlike()
    {
        var bytes = Encoding.Latin1.GetBytes(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Own:  a b \t\r\nX-Empty:\r\nConnection: close\r\n"
            + "Content-Length: 12\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\nbody");
        for (var first = 0; first <= bytes.Length; first++)
        {
            var head = new AnswerHead();
            head.Reset();
            var progress = head.Read(bytes.AsSpan(0, first), out var read);
            if (progress == HeadProgress.Incomplete)
            {
                progress = head.Read(bytes.AsSpan(read), out var more);
                read += more;
            }

            Assert.Equal((HeadProgress.Complete, bytes.Length - 4), (progress, read));
            Assert.Equal((200, 12L, true, true), (head.Status, head.Length, head.Closes, head.IsVersion11));
            Assert.Equal(
                [
                    new("Content-Type", "text/plain"), new("X-Own", "a b"), new("X-Empty", ""), new("Set-Cookie", "a"),
                    new("Set-Cookie", "b"),
                ],
                head.Fields.ToArray());
        }
    }

    [Fact]
    public void Head_AfterAnother_HasNothingOfIt()
    {
        var head = new AnswerHead();
        head.Reset();
        head.Read(
            "HTTP/1.1 101 A\r\nContent-Length: 1\r\nConnection: close, x, upgrade\r\nUpgrade: a\r\nVia: 1\r\n\r\n"u8,
            out _);
        Assert.True(head.IsNominated("X"));
        head.Reset();

        Assert.Equal(HeadProgress.Complete, head.Read("HTTP/1.1 200 B\r\nTransfer-Encoding: chunked\r\n\r\n"u8, out _));

        Assert.False(head.IsNominated("X"));
        Assert.Equal((null, null, false, false), (head.Length, head.Upgrade, head.Closes, head.ConnectionUpgrades));
        Assert.Equal(0, head.Fields.Length);
    }

    [Fact]
    public void Value_ThatIsTheSameAgain_IsTheSameString()
    {
        var head = new AnswerHead();
        var values = new List<string>();
        foreach (var type in new[] { "a/b", "a/b", "a/c", "a/b" })
        {
            head.Reset();
            head.Read(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\ncontent-type: {type}\r\n\r\n"), out _);
            values.Add(head.Fields[0].Value);
        }

        Assert.Equal(["a/b", "a/b", "a/c", "a/b"], values);
        Assert.Same(values[0], values[1]);
    }

    [Theory]
    [InlineData(200, true, "", BodyFraming.None)]
    [InlineData(204, false, "Content-Length: 5\r\n", BodyFraming.None)]
    [InlineData(304, false, "Transfer-Encoding: chunked\r\n", BodyFraming.None)]
    [InlineData(200, false, "Content-Length: 0\r\n", BodyFraming.None)]
    [InlineData(200, false, "Content-Length: 5\r\n", BodyFraming.Length)]
    [InlineData(500, false, "Transfer-Encoding: chunked\r\n", BodyFraming.Chunked)]
    [InlineData(200, false, "", BodyFraming.UntilClose)]
    internal void Framing_IsByStatusMethodAndFields(int status, bool isHead, string fields, BodyFraming framing)
    {
        var head = new AnswerHead();
        head.Reset();
        head.Read(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} A\r\n{fields}\r\n"), out _);

        Assert.Equal(framing, head.FramingFor(isHead));
    }

    [Fact]
    public void KnownNames_AreFoundInAnyCase()
    {
        Assert.Same(Microsoft.Net.Http.Headers.HeaderNames.ContentType, KnownFields.Find("CONTENT-type"u8)?.Name);
        Assert.Equal(FieldKind.Coding, KnownFields.Find("transfer-encoding"u8)?.Kind);
        Assert.Equal(FieldKind.Hop, KnownFields.Find("te"u8)?.Kind);
        Assert.Null(KnownFields.Find("Content-Typ"u8));
        Assert.Null(KnownFields.Find("X"u8));
        Assert.InRange(KnownFields.Count, 40, 100);
    }
}
