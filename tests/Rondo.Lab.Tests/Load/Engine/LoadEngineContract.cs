using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Engine;

/// <summary>What every engine does with servers of every kind, on real sockets and in real time.</summary>
public abstract partial class LoadEngineContract
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private protected abstract string Engine { get; }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 2)]
    public async Task Run_Requests_CompletesExactlySoMany(int connections, int threads)
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);

        var result = await RunAsync(Plan(server) with { Connections = connections, Threads = threads, Requests = 501 });

        Assert.Equal((501, 0, 0, 501), (
            result.Counts.Completed, result.Counts.Failed, result.Counts.AbortedAtEnd, result.Latency.Restore().Count));
        Assert.Equal((501, connections), (server.Requests, result.Counts.ConnectionsOpened));
        Assert.Equal(1002, result.Counts.BodyBytes);
    }

    [Fact]
    public async Task Run_ClosedLoad_KeepsEveryConnectionBusy()
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);
        var plan = Plan(server) with { Connections = 4, Seconds = 1 };

        var result = await RunAsync(plan);

        Assert.InRange(LoadChecks.Busy(plan, result), 3, 4.2);
        Assert.Equal(result.Counts.Completed, result.Seconds.Sum(s => s.Completed));
    }

    [Fact]
    public async Task Run_NoKeepAlive_OpensAConnectionForEach()
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);

        var result = await RunAsync(Plan(server) with { Requests = 50, KeepAlive = false });

        Assert.Equal((50, 50), (result.Counts.Completed, result.Counts.ConnectionsOpened));
    }

    [Fact]
    public async Task Run_ServerSaysClose_ConnectsAgainWithoutAFailure()
    {
        using var server = new ScriptedServer(async (socket, _) =>
        {
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray());
            socket.Close();
        });

        var result = await RunAsync(Plan(server) with { Requests = 50 });

        Assert.Equal((50, 0, 50), (result.Counts.Completed, result.Counts.Failed, result.Counts.ConnectionsOpened));
    }

    [Fact]
    public async Task Run_ServerClosesUnannounced_CountsClosedOrResetAndSaysWhatToDo()
    {
        using var server = ScriptedServer.Answering(served => served == 0 ? ScriptedServer.Ok : null);

        var result = await RunAsync(Plan(server) with { Requests = 50, Connections = 1 });

        Assert.Equal(50, result.Counts.Completed + result.Counts.ClosedEarly + result.Counts.Resets);
        Assert.Equal(25, result.Counts.Completed);
        Assert.NotNull(result.FirstProblem);
    }

    [Fact]
    public async Task Run_ServerClosesWhileNothingIsAsked_ConnectsAgainWithoutAFailure()
    {
        using var server = new ScriptedServer(async (socket, _) =>
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(ScriptedServer.Ok));
            socket.Shutdown(SocketShutdown.Send);
        });

        // Each closes long before the next request is due, on a busy machine, too.
        var result = await RunAsync(Plan(server) with { Requests = 3, Rate = 1, Connections = 1, MaxConnections = 1 });

        Assert.Equal((3, 0, 3), (result.Counts.Completed, result.Counts.Failed, result.Counts.ConnectionsOpened));
    }

    [Fact]
    public async Task Run_ServerNeverAnswers_CountsTimeoutsAndAborted()
    {
        using var server = new ScriptedServer((_, _) => Task.CompletedTask);

        var result = await RunAsync(Plan(server) with { Connections = 2, Seconds = 0.5, TimeoutSeconds = 0.2 });

        Assert.Equal(0, result.Counts.Completed);
        Assert.InRange(result.Counts.Timeouts, 2, 6);
        Assert.Equal(2, result.Counts.AbortedAtEnd);
        Assert.Equal("no whole answer within 0.2 s", result.FirstProblem);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")]
    public async Task Run_Garbage_IsMalformedAndNeverASuccess(string answer)
    {
        using var server = ScriptedServer.Answering(_ => answer);

        var result = await RunAsync(Plan(server) with { Requests = 10 });

        Assert.Equal((0, 10), (result.Counts.Completed, result.Counts.Malformed));
    }

    [Fact]
    public async Task Run_HeadWithoutEnd_IsMalformed()
    {
        var lines = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("X-More: and more\r\n", 10_000)));
        using var server = new ScriptedServer(async (socket, _) =>
        {
            await socket.SendAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            await socket.SendAsync(lines);
        });

        var result = await RunAsync(Plan(server) with { Requests = 3 });

        Assert.Equal((0, 3), (result.Counts.Completed, result.Counts.Malformed));
        Assert.Contains("64 KiB", result.FirstProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OneGigabyte_IsCountedAndNotKept()
    {
        const long Length = 1L << 30;
        var block = new byte[1 << 20];
        using var server = new ScriptedServer(async (socket, _) =>
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n"));
            for (var sent = 0L; sent < Length; sent += block.Length)
            {
                await socket.SendAsync(block);
            }
        });
        var before = GC.GetTotalAllocatedBytes();

        var result = await RunAsync(Plan(server) with { Requests = 1, Seconds = 50, TimeoutSeconds = 50 });

        Assert.Equal((1, Length), (result.Counts.Completed, result.Counts.BodyBytes));

        // Other tests allocate meanwhile; a body that was kept would take twice this.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, Length / 2);
    }

    [Fact]
    public async Task Run_Reset_IsCountedAsReset()
    {
        using var server = new ScriptedServer((socket, _) =>
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            return Task.CompletedTask;
        });

        var result = await RunAsync(Plan(server) with { Requests = 10 });

        Assert.Equal((0, 10), (result.Counts.Completed, result.Counts.Resets));
    }

    [Fact]
    public async Task Run_NobodyListens_CountsConnectErrors()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        foreach (var rate in (double?[])[null, 1000])
        {
            var result = await RunAsync(
                Plan(port) with { Requests = 4, Rate = rate, Connections = 2, MaxConnections = 2 });

            Assert.Equal((0, 4), (result.Counts.Completed, result.Counts.ConnectErrors));
            Assert.Contains("cannot connect", result.FirstProblem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_LengthChanges_CountsWrongBodies()
    {
        using var server = ScriptedServer.Answering(
            served => served % 2 == 0 ? ScriptedServer.Ok : "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nodd");

        var result = await RunAsync(Plan(server) with { Requests = 10, Connections = 1, ExpectsOneLength = true });

        Assert.Equal((5, 5), (result.Counts.Completed, result.Counts.WrongBody));
        Assert.Equal(5, result.Latency.Restore().Count);
    }

    [Theory]
    [InlineData("ok", 10, 0)]
    [InlineData("no", 0, 10)]
    public async Task Run_ExpectedSha_DecidesOverSuccess(string expected, int completed, int wrong)
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);
        var sha = Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(expected)));

        var result = await RunAsync(Plan(server) with { Requests = 10, ExpectedSha = sha });

        Assert.Equal((completed, wrong), (result.Counts.Completed, result.Counts.WrongBody));
    }

    [Theory]
    [InlineData("404 Not Found", null, 0, 10)]
    [InlineData("404 Not Found", 404, 10, 0)]
    [InlineData("302 Found", null, 10, 0)]
    [InlineData("302 Found", 200, 0, 10)]
    public async Task Run_Status_IsRightOnlyAsExpected(string status, int? expected, int completed, int wrong)
    {
        using var server = ScriptedServer.Answering(_ => $"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");

        var result = await RunAsync(Plan(server) with { Requests = 10, ExpectedStatus = expected });

        Assert.Equal((completed, wrong), (result.Counts.Completed, result.Counts.WrongStatus));
        Assert.Equal(completed, result.Latency.Restore().Count);
    }

    [Fact]
    public async Task Run_Rate_SendsEveryRequestThatIsDue()
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);

        var result = await RunAsync(
            Plan(server) with { Rate = 500, Seconds = 0.5, RampSeconds = 0.2, Connections = 4, MaxConnections = 8 });

        Assert.Equal((250, 250, 250), (result.Counts.Due, result.Counts.Sent, result.Counts.Completed));
        Assert.Equal((250, 250), (result.ServiceTime.Restore().Count, result.Lateness.Restore().Count));
    }

    [Fact]
    public async Task Run_Ramp_CountsNoBytesOfIt()
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);

        var result = await RunAsync(
            Plan(server) with { Rate = 100, Seconds = 0.2, RampSeconds = 1, Connections = 2, MaxConnections = 2 });

        Assert.Equal((20, 70), (result.Counts.Completed, server.Requests));
        Assert.InRange(result.Counts.BytesReceived, 20 * ScriptedServer.Ok.Length, 69 * ScriptedServer.Ok.Length);
    }

    [Fact]
    public async Task Run_RateAboveCapacity_CountsTheWaitFromWhenRequestsWereDue()
    {
        // One request in 20 ms at most, ten times as many due.
        using var server = new ScriptedServer(async (socket, _) =>
        {
            await Task.Delay(20);
            await socket.SendAsync(Encoding.Latin1.GetBytes(ScriptedServer.Ok));
        });

        var result = await RunAsync(
            Plan(server) with { Rate = 500, Seconds = 1, Connections = 1, MaxConnections = 1, TimeoutSeconds = 0.5 });

        Assert.Equal(500, result.Counts.Due);
        Assert.Equal(500, result.Counts.Completed + result.Counts.Failed + result.Counts.AbortedAtEnd);
        Assert.InRange(result.Latency.Restore().Max, 500_000_000, 60_000_000_000);
        Assert.InRange(result.Counts.Waited, 20, 500);
    }

    [Fact]
    public async Task Run_ThinkTime_PausesBetweenRequests()
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);

        var result = await RunAsync(Plan(server) with { Connections = 2, Seconds = 1, ThinkSeconds = 0.1 });

        Assert.InRange(result.Counts.Completed, 2, 20);
    }

    [Fact]
    public async Task Run_Stopped_ReportsWhatWasMeasured()
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);
        using var stop = new CancellationTokenSource();
        var running = LoadEngine.RunAsync(Plan(server) with { Seconds = 600 }, _ => stop.Cancel(), stop.Token);

        var result = await running.WaitAsync(Guard, TestContext.Current.CancellationToken);

        Assert.InRange(result.ElapsedSeconds, 0.9, 60);
        Assert.True(result.Counts.Completed > 0);
    }

    private static LoadPlan Plan(int port) => new()
    {
        Url = $"http://127.0.0.1:{port}/",
        Address = "127.0.0.1",
        Port = port,
        Request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray(),
        Connections = 2,
        Seconds = 30,
    };

    private LoadPlan Plan(ScriptedServer server) => Plan(server.Port) with { Engine = Engine };

    private Task<LoadResult> RunAsync(LoadPlan plan) =>
        LoadEngine.RunAsync(plan with { Engine = Engine }, _ => { }, TestContext.Current.CancellationToken).WaitAsync(Guard);
}

/// <summary>Over epoll.</summary>
public sealed class EpollEngineTests : LoadEngineContract
{
    private protected override string Engine => "epoll";
}

/// <summary>Over the platform's select.</summary>
public sealed class PortableEngineTests : LoadEngineContract
{
    private protected override string Engine => "portable";
}
