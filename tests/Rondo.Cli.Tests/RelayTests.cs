using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosProgram;

namespace Rondo.Cli.Tests;

/// <summary>Whether the network of <c>./dev chaos nodes</c> is cut as it says: for whom, where to, until when.</summary>
public sealed class RelayTests : IDisposable
{
    private const string ByN2 = "GET / HTTP/1.1\r\nX-Rondo-Follower: 1;0;n2;http;1;-;proof\r\n\r\n";

    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(60);

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly Relay _relay;

    public RelayTests()
    {
        _server.Start();
        _relay = new Relay(FreePort.Next(), ((IPEndPoint)_server.LocalEndpoint).Port);
    }

    public void Dispose()
    {
        _relay.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Cut_NoAnswersForOneNode_HoldsThemUntilItIsOverAndNobodyElses()
    {
        using var cut = await ConnectAsync();
        await SendAsync(cut, ByN2);
        using var answering = await AcceptAsync();
        Assert.Equal(ByN2, await ReadAsync(answering));
        using var other = await ConnectAsync();
        await SendAsync(other, "a");
        using var answeringOther = await AcceptAsync();
        Assert.Equal("a", await ReadAsync(answeringOther));

        _relay.Cut(new NetworkCut(CutKind.NoAnswers, "n2"));
        await SendAsync(cut, "more");
        Assert.Equal("more", await ReadAsync(answering));
        await SendAsync(answering, "answer");
        await SendAsync(answeringOther, "b");

        Assert.Equal("b", await ReadAsync(other));
        var reading = ReadAsync(cut);
        Assert.False(reading.IsCompleted);
        _relay.Heal();
        Assert.Equal("answer", await reading);
    }

    [Fact]
    public async Task Cut_Silent_AcceptsAndReachesTheServerWhenItIsOver()
    {
        _relay.Cut(new NetworkCut(CutKind.Silent, null));

        using var cut = await ConnectAsync();
        await SendAsync(cut, "a");
        var accepting = AcceptAsync();
        Assert.False(accepting.IsCompleted);
        _relay.Heal();

        using var answering = await accepting;
        Assert.Equal("a", await ReadAsync(answering));
    }

    [Fact]
    public async Task Cut_Refused_ResetsWhatIsOpenAndRefusesWhatComes()
    {
        using var cut = await ConnectAsync();
        await SendAsync(cut, "a");
        using var answering = await AcceptAsync();
        Assert.Equal("a", await ReadAsync(answering));

        _relay.Cut(new NetworkCut(CutKind.Refused, null));

        await Assert.ThrowsAsync<SocketException>(() => ReadAsync(cut));
        await Assert.ThrowsAsync<SocketException>(() => ReadAsync(answering));
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        _relay.Heal();
        using var again = await ConnectAsync();
    }

    [Fact]
    public async Task IsTargetDown_RefusesUntilItIsThereAgain()
    {
        _relay.IsTargetDown = true;
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);

        _relay.IsTargetDown = false;
        using var again = await ConnectAsync();
    }

    private static async Task SendAsync(Socket to, string text) =>
        Assert.Equal(text.Length, await to.SendAsync(Encoding.ASCII.GetBytes(text)));

    private static async Task<string> ReadAsync(Socket from)
    {
        var buffer = new byte[1000];
        return Encoding.ASCII.GetString(buffer, 0, await from.ReceiveAsync(buffer).WaitAsync(s_guard));
    }

    private Task<Socket> AcceptAsync() => _server.AcceptSocketAsync().WaitAsync(s_guard);

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _relay.Port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
