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
    [InlineData("/a%zz\"?b=%&f[a]={1|2}^", "/a%zz\"?b=%&f[a]={1|2}^")]
    [InlineData("rondo:80", "rondo:80")]
    public void Target_Sent_IsAsItWasWrittenWithoutItsHost(string raw, string sent) =>
        Assert.Equal(sent, FollowedTarget.Of(raw));
}
