using Rondo.Services.Supervision;

namespace Rondo.Services.Tests.Supervision;

public sealed class BoundedLinesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("one\n", "one")]
    [InlineData("one\r\n\ntwo", "one", "", "two")]
    [InlineData("0123456789\n0123456789a\nb", "0123456789", "0123456789…", "b")]
    public async Task Lines_AreCutAtTheBound(string text, params string[] expected)
    {
        var lines = new List<string>();
        using var reader = new StringReader(text);

        await BoundedLines.ReadAsync(reader, 10, lines.Add);

        Assert.Equal(expected, lines);
    }

    [Fact]
    public async Task Line_LongerThanAnyBuffer_TakesNoMoreThanTheBound()
    {
        var lines = new List<string>();
        using var reader = new StringReader(new string('x', 1_000_000) + "\nnext\n");

        await BoundedLines.ReadAsync(reader, 100, lines.Add);

        Assert.Equal([new string('x', 100) + "…", "next"], lines);
    }
}
