using System.Text.Json.Nodes;
using Rondo.Services.Supervision;

namespace Rondo.Services.Tests.Supervision;

public sealed class ChildLogTests
{
    [Fact]
    public void Line_SaysWhoseItIsAndMovesNoCursor()
    {
        using var output = new StringWriter { NewLine = "\n" };
        new ChildLog(output, isJson: false).Write("chat", "bad\u001b[2J\tline");

        Assert.Equal("chat     | bad[2J\tline\n", output.ToString());
    }

    [Theory]
    [InlineData("""{"LogLevel":"Warning","Message":"x"}""", "LogLevel", "Warning")]
    [InlineData("no \"JSON\" at all", "Message", "no \"JSON\" at all")]
    [InlineData("{}", "Message", "{}")]
    public void LineOfJson_StaysOne(string line, string member, string value)
    {
        using var output = new StringWriter();
        new ChildLog(output, isJson: true).Write("chat", line);

        var written = JsonNode.Parse(output.ToString())!;
        Assert.Equal(("chat", value), (written["Service"]!.GetValue<string>(), written[member]!.GetValue<string>()));
    }
}
