using System.Text;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

public sealed class ChunkedBodyTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("1\r\na\r\n0A;x=\"y\";z\r\n0123456789\r\n000\r\nX: y\r\nZ: a\r\n\r\n", "a0123456789")]
    [InlineData("2\r\n\r\n\r\n1\r\n0\r\n0\r\n\r\n", "\r\n0")]
    public void Body_InAnyPieces_IsReadAlike(string text, string expected)
    {
        for (var size = 1; size <= text.Length + 1; size++)
        {
            var (data, state) = Read(text + "next", size);
            Assert.Equal(expected, data);
            Assert.Equal(("done", text.Length), state);
        }
    }

    [Theory]
    [InlineData("g\r\n")]
    [InlineData("\r\n")]
    [InlineData(" 1\r\n")]
    [InlineData("1 \r\n")]
    [InlineData("+1\r\n")]
    [InlineData("0x1\r\n")]
    [InlineData("1\n")]
    [InlineData("1\r\r")]
    [InlineData("1\r\nab")]
    [InlineData("1\r\na\n")]
    [InlineData("00000000000000001\r\n")]
    [InlineData("8000000000000000\r\n")]
    [InlineData("1;a\n")]
    [InlineData("0\r\n folded\r\n\r\n")]
    [InlineData("0\r\nX: y\n")]
    [InlineData("0\r\n\rx")]
    [InlineData("0\r\nX: \0\r\n\r\n")]
    public void Body_ThatBreaksTheFraming_IsBrokenInAnyPieces(string text)
    {
        for (var size = 1; size <= text.Length; size++)
        {
            Assert.Equal("broken", Read(text, size).State.Item1);
        }
    }

    [Theory]
    [InlineData("7fffffffffffffff\r\nabc")]
    [InlineData("5\r\nhell")]
    [InlineData("5\r\nhello\r")]
    [InlineData("5\r\nhello\r\n0\r\n")]
    [InlineData("5\r\nhello\r\n0\r\n\r")]
    public void Body_ThatIsCut_IsNotDone(string text) =>
        Assert.Equal("open", Read(text, text.Length).State.Item1);

    [Fact]
    public void Trailers_WithoutEnd_AreBrokenInTheEnd() =>
        Assert.Equal("broken", Read("0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 20_000)), 1000).State.Item1);

    private static (string Data, (string, int) State) Read(string text, int size)
    {
        var body = default(ChunkedBody);
        var data = new StringBuilder();
        var bytes = Encoding.Latin1.GetBytes(text);
        var at = 0;
        while (at < bytes.Length && !body.IsDone && !body.IsBroken)
        {
            var piece = bytes.AsSpan(at, Math.Min(size, bytes.Length - at)).ToArray();
            var length = body.Read(piece, out var read);
            data.Append(Encoding.Latin1.GetString(piece, 0, length));
            at += read;
        }

        return (data.ToString(), (body.IsDone ? "done" : body.IsBroken ? "broken" : "open", at));
    }
}
