using System.Net.WebSockets;
using System.Text;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Targets;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Engine;

/// <summary>One sends, all receive, against a real server and in real time.</summary>
public sealed class FanOutTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true, "epoll")]
    [InlineData(false, "portable")]
    public async Task Run_Closed_CountsEveryDelivery(bool alsoToSender, string engine)
    {
        await using var server = await WebSocketServer.BroadcastAsync(members: 6, alsoToSender);

        var result = await RunAsync(server, new LoadOptions("") { Connections = 5, Requests = 40, Engine = engine });

        Assert.Equal((null, 40, 200), (result.FirstProblem, result.Counts.Sent, result.Counts.Completed));
        Assert.Equal((200, 6), (result.Latency.Restore().Count, result.Counts.ConnectionsOpened));
        Assert.Equal((0, 200), (result.Counts.Failed + result.Counts.AbortedAtEnd, result.Seconds.Sum(s => s.Completed)));
    }

    [Fact]
    public async Task Run_Rate_SendsWhenMessagesAreDue()
    {
        await using var server = await WebSocketServer.BroadcastAsync(members: 5, alsoToSender: true);

        var result = await RunAsync(server, new LoadOptions("") { Connections = 4, Rate = 100, Duration = "500ms" });

        Assert.Equal((50, 200, 0), (result.Counts.Sent, result.Counts.Completed, result.Counts.Failed));
        Assert.Equal((50, 200), (result.Lateness.Restore().Count, result.ServiceTime.Restore().Count));
    }

    [Fact]
    public async Task Run_MessageThatIsNotPassedOn_IsATimeoutForEachReceiver()
    {
        await using var server = await WebSocketServer.BroadcastAsync(
            members: 4, alsoToSender: false, keeps: n => n == 1);

        var result = await RunAsync(
            server, new LoadOptions("") { Connections = 3, Requests = 4, Timeout = "1s", Duration = "30s" });

        Assert.Equal((4, 9, 3), (result.Counts.Sent, result.Counts.Completed, result.Counts.Timeouts));
        Assert.Equal((9, 3), (result.Seconds.Sum(s => s.Completed), result.Seconds.Sum(s => s.Failed)));
    }

    [Fact]
    public async Task Run_ServerThatCloses_EndsAndSaysSo()
    {
        await using var server = await WebSocketServer.StartAsync(
            socket => socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, null, default));

        var result = await RunAsync(server, new LoadOptions("") { Connections = 2, Requests = 4, Timeout = "1s" });

        Assert.Equal(0, result.Counts.Completed);
        Assert.Equal("the server closed the WebSocket with 1008", result.FirstProblem);
    }

    [Fact]
    public async Task Run_ChatThatIsEnteredAndWrapsWhatIsSaid_FindsTheNumberInside()
    {
        var (members, gate, said) = (new List<WebSocket>(), new SemaphoreSlim(1), 0);
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            var room = new byte[1000];
            while (await socket.ReceiveAsync(room, default) is { MessageType: not WebSocketMessageType.Close } part)
            {
                var text = Encoding.UTF8.GetString(room, 0, part.Count);
                await gate.WaitAsync();
                var isHello = text == "let me in";
                var answer = isHello ? "welcome to #room" : $$"""{"seq":{{++said}},"text":"{{text}}"}""";
                if (isHello)
                {
                    members.Add(socket);
                }

                foreach (var member in isHello ? [socket] : members)
                {
                    await member.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, true, default);
                }

                gate.Release();
            }
        });

        var result = await RunAsync(
            server, new LoadOptions("") { Connections = 3, Requests = 20, FirstMessage = "let me in", Body = "say {n}" });

        Assert.Equal((null, 20, 60), (result.FirstProblem, result.Counts.Sent, result.Counts.Completed));
        Assert.Equal(20, said);
    }

    [Fact]
    public async Task Run_ServerThatLetsNobodyIn_EndsAndSaysSo()
    {
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            await socket.ReceiveAsync(new byte[100], default);
            await socket.CloseOutputAsync((WebSocketCloseStatus)4401, null, default);
        });

        var result = await RunAsync(
            server, new LoadOptions("") { Connections = 2, Requests = 4, FirstMessage = "let me in", Timeout = "30s" });

        Assert.Equal((0, 3), (result.Counts.Completed, result.Counts.ConnectErrors));
        Assert.Equal("the server closed the WebSocket with 4401", result.FirstProblem);
    }

    private static async Task<LoadResult> RunAsync(WebSocketServer server, LoadOptions options)
    {
        var url = $"ws://127.0.0.1:{server.Port}/";
        var target = await TargetUrl.ResolveAsync(url, ownsHost: false, allowedHosts: null);
        var plan = LoadPlanning.Plan(options with { Url = url, FanOut = true }, target);
        return await LoadEngine.RunAsync(plan, _ => { }, TestContext.Current.CancellationToken).WaitAsync(Guard);
    }
}
