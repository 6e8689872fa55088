using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Engine;

/// <content>The same inside of TLS.</content>
public abstract partial class LoadEngineContract
{
    [Theory]
    [InlineData(5, 4, true)]
    [InlineData(100_000, 2, true)]
    [InlineData(5, 2, false)]
    public async Task Run_Tls_CompletesAll(int length, int connections, bool keepAlive)
    {
        using var server = TlsServer.Answering(length);
        var plan = Plan(server.Port) with { TlsHost = "localhost", TlsInsecure = true };

        var result = await RunAsync(
            plan with { Requests = 100, Connections = connections, KeepAlive = keepAlive, ExpectedLength = length });

        Assert.Equal((100, 0, null), (result.Counts.Completed, result.Counts.Failed, result.FirstProblem));
        Assert.Equal(keepAlive ? connections : 100, result.Counts.ConnectionsOpened);
    }

    [Fact]
    public async Task Run_TlsRate_SendsEveryRequestThatIsDue()
    {
        using var server = TlsServer.Answering(5);
        var plan = Plan(server.Port) with { TlsHost = "localhost", TlsInsecure = true };

        var result = await RunAsync(plan with { Rate = 200, Seconds = 0.5, Connections = 2, MaxConnections = 8 });

        Assert.Equal((100, 100), (result.Counts.Due, result.Counts.Completed));
    }

    [Fact]
    public async Task Run_TlsServerClosesInTheMiddle_CountsThat()
    {
        using var server = new TlsServer(async stream =>
        {
            _ = await stream.ReadAsync(new byte[1024]);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"u8.ToArray());
        });
        var plan = Plan(server.Port) with { TlsHost = "localhost", TlsInsecure = true };

        var result = await RunAsync(plan with { Requests = 6 });

        Assert.Equal((0, 6), (result.Counts.Completed, result.Counts.ClosedEarly + result.Counts.Resets));
    }

    [Fact]
    public async Task Run_TlsThatIsNotTrusted_IsACountOfItsOwn()
    {
        using var server = TlsServer.Answering(5);

        var result = await RunAsync(Plan(server.Port) with { TlsHost = "localhost", Requests = 3 });

        Assert.Equal((0, 3, 3), (result.Counts.Completed, result.Counts.Failed, result.Counts.TlsErrors));
        Assert.StartsWith("the TLS handshake failed: ", result.FirstProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TlsToAServerWithoutIt_IsACountOfItsOwn()
    {
        using var server = ScriptedServer.Answering(_ => "this is no TLS");

        var result = await RunAsync(Plan(server.Port) with { TlsHost = "localhost", TlsInsecure = true, Requests = 2 });

        Assert.Equal(2, result.Counts.TlsErrors);
    }

    [Fact]
    public async Task Run_TlsHandshakeThatNeverEnds_IsATimeout()
    {
        using var server = new ScriptedServer((_, _) => Task.CompletedTask);
        var plan = Plan(server.Port) with { TlsHost = "localhost", TlsInsecure = true };

        var result = await RunAsync(plan with { Requests = 2, TimeoutSeconds = 0.2 });

        Assert.Equal((2, 0), (result.Counts.Timeouts, result.Counts.ConnectionsOpened));
        Assert.Equal("no connection within 0.2 s", result.FirstProblem);
    }

    [Fact]
    public async Task Run_RateOverHandshakesThatNeverEnd_GivesUpAndCountsTimeouts()
    {
        using var server = new ScriptedServer((_, _) => Task.CompletedTask);
        var plan = Plan(server.Port) with { TlsHost = "localhost", TlsInsecure = true };

        var result = await RunAsync(plan with
        {
            Rate = 20,
            Seconds = 1,
            Connections = 2,
            MaxConnections = 2,
            TimeoutSeconds = 0.2,
        });

        Assert.Equal((20, 20), (result.Counts.Due, result.Counts.Timeouts + result.Counts.AbortedAtEnd));
        Assert.InRange(result.Counts.Timeouts, 1, 20);
    }
}
