using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

public sealed class NodeProofTests
{
    private static readonly FollowedPeer Peer = new(IPAddress.Parse("2001:db8::7"), 4711, "https");

    private readonly ManualTime _time = new(TestServer.Friday);
    private readonly NodeProof _proof;

    public NodeProofTests() => _proof = new NodeProof(_time) { Secret = [1, 2, 3] };

    [Fact]
    public void Proof_OfThisRequest_TellsThePeer()
    {
        var read = _proof.Read(Request(Written()), out var node);

        Assert.Equal((Peer, "n1"), (read, node));
    }

    [Theory]
    [InlineData("POST", "/a?b", "rondo")]
    [InlineData("GET", "/a?c", "rondo")]
    [InlineData("GET", "/a?b", "elsewhere")]
    public void Proof_OfAnotherRequest_DoesNotHold(string method, string target, string host) =>
        Assert.Null(_proof.Read(Request(Written(), method, target, host), out _));

    [Theory]
    [InlineData("2001:db8::7", "127.0.0.1")]
    [InlineData(";https;", ";http;")]
    [InlineData("n1", "n2")]
    public void Proof_ChangedByOneWord_DoesNotHold(string from, string to) =>
        Assert.Null(_proof.Read(Request(Written().Replace(from, to)), out _));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1;2;3;4;5;6;7")]
    [InlineData("1;99999999999999999999;n1;https;1;127.0.0.1;ff")]
    public void Proof_NoneAtAll_DoesNotHold(string text) => Assert.Null(_proof.Read(Request(text), out _));

    [Fact]
    public void Proof_WithAnotherSecretOrNone_DoesNotHold()
    {
        var text = Written();

        Assert.Null(new NodeProof(_time) { Secret = [1, 2, 4] }.Read(Request(text), out _));
        Assert.Null(new NodeProof(_time).Read(Request(text), out _));
    }

    [Theory]
    [InlineData(-59, true)]
    [InlineData(59, true)]
    [InlineData(61, false)]
    [InlineData(-61, false)]
    public void Proof_WithAClockThatDiffers_HoldsForAMinute(int seconds, bool holds)
    {
        var text = Written();
        var later = new NodeProof(new ManualTime(TestServer.Friday.AddSeconds(seconds))) { Secret = [1, 2, 3] };

        Assert.Equal(holds, later.Read(Request(text), out _) is not null);
    }

    private string Written() => _proof.Write("n1", Peer, "GET", "/a?b", "rondo");

    private static DefaultHttpContext Request(
        string proof, string method = "GET", string target = "/a?b", string host = "rondo")
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Headers.Host = host;
        context.Request.Headers[NodeProof.Field] = proof;
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        return context;
    }
}
