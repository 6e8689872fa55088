using Rondo.Services.Nodes;

namespace Rondo.Services.Tests.Nodes;

public sealed class FollowedTargetTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("*", "*")]
    [InlineData("/a%2Fb/../c?x=1&y=http://z", "/a%2Fb/../c?x=1&y=http://z")]
    [InlineData("http://rondo/a?b", "/a?b")]
    [InlineData("http://rondo", "/")]
    [InlineData("http://rondo?b", "/?b")]
    [InlineData("/a?b={1|2}\"^", "/a?b=%7B1%7C2%7D%22%5E")]
    [InlineData("/a?f[a]=1", "/a?f%5Ba%5D=1")]
    [InlineData("/a%zz?b=%&c=%4&d=%41", "/a%25zz?b=%25&c=%254&d=%41")]
    [InlineData("rondo:80", "rondo:80")]
    public void Target_Sent_IsTheSameInWhatMaySoBeWritten(string raw, string sent) =>
        Assert.Equal(sent, FollowedTarget.Of(raw));
}
