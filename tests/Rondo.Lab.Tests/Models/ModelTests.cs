using System.Net;
using System.Net.Sockets;
using System.Text;
using Rondo.Lab.Models;
using Rondo.Transport;

namespace Rondo.Lab.Tests.Models;

/// <summary>What the talks say of each model; the work is short here, and order counts, not time.</summary>
public sealed class ModelTests : IDisposable
{
    private static readonly HowdyHandler Howdy = new(WorkSpec.Parse("mix:1ms+1us")!);

    // A connection for each request that waits, as many as the test wants.
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("sync")]
    [InlineData("broken")]
    [InlineData("loop")]
    [InlineData("pool:2")]
    [InlineData("thread")]
    [InlineData("proc:2")]
    [InlineData("exec:2")]
    [InlineData("kestrel")]
    [InlineData("kestrel-loop")]
    public async Task Model_AnyPath_SaysHowdy(string name)
    {
        await using var server = new RunningModel(ModelCatalog.Find(name)!, Howdy);

        foreach (var path in (string[])["/", "/any/path?x=1"])
        {
            using var answer = await _client.GetAsync(
                await server.UrlAsync(path), TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("text/plain; charset=UTF-8", answer.Content.Headers.ContentType!.ToString());
            Assert.Equal("Howdy!\r\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(8, answer.Content.Headers.ContentLength);
        }
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("broken")]
    [InlineData("pool:1")]
    [InlineData("exec:1")]
    public async Task Model_ThatServesOneAtATime_IsNeverAtWorkForTwo(string name)
    {
        var handler = new CountingHandler(together: 1);
        await using var server = new RunningModel(ModelCatalog.Find(name)!, handler);

        await AskAsync(server, requests: 5);

        Assert.Equal(1, handler.Most);
    }

    /// <summary>Nobody is let go before all are in: a model that cannot would hang.</summary>
    [Theory]
    [InlineData("loop")]
    [InlineData("pool:8")]
    [InlineData("thread")]
    [InlineData("exec:8")]
    [InlineData("kestrel")]
    [InlineData("kestrel-loop")]
    public async Task Model_ThatServesManyAtOnce_IsAtWorkForAll(string name)
    {
        var handler = new CountingHandler(together: 8);
        await using var server = new RunningModel(ModelCatalog.Find(name)!, handler);

        await AskAsync(server, requests: 8);

        Assert.Equal(8, handler.Most);
    }

    [Theory]
    [InlineData("pool:3")]
    [InlineData("exec:3")]
    public async Task Model_OfSoManyThreads_IsAtWorkForSoMany(string name)
    {
        var handler = new CountingHandler(together: 3);
        await using var server = new RunningModel(ModelCatalog.Find(name)!, handler);

        await AskAsync(server, requests: 12);

        Assert.Equal(3, handler.Most);
    }

    [Theory]
    [InlineData("sync", "close")]
    [InlineData("broken", "keep-alive")]
    [InlineData("thread", "keep-alive")]
    public async Task Model_ConnectionAfterAnAnswer_IsAsTheModelSays(string name, string connection)
    {
        await using var server = new RunningModel(ModelCatalog.Find(name)!, Howdy);
        using var client = new TcpClient();
        await client.ConnectAsync(await server.Address, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());

        await client.GetStream().WriteAsync(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var head = new StringBuilder();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            head.AppendLine(line);
        }

        var version = connection == "close" ? "HTTP/1.0 200 OK" : "HTTP/1.1 200 OK";
        Assert.StartsWith(version, head.ToString(), StringComparison.Ordinal);
        Assert.Contains("Connection: " + connection, head.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("broken")]
    [InlineData("loop")]
    [InlineData("pool:2")]
    [InlineData("thread")]
    [InlineData("proc:2")]
    [InlineData("exec:2")]
    [InlineData("kestrel")]
    [InlineData("kestrel-loop")]
    public async Task Model_Stopped_EndsWhileAClientIsConnected(string name)
    {
        await using var server = new RunningModel(ModelCatalog.Find(name)!, Howdy);
        using var idle = new TcpClient();
        await idle.ConnectAsync(await server.Address, TestContext.Current.CancellationToken);

        await server.StopAsync();

        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await late.ConnectAsync(
            await server.Address, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("proc:1")]
    [InlineData("kestrel")]
    [InlineData("kestrel-loop")]
    public async Task Model_StoppedWhileARequestWaits_DoesNotWaitForIt(string name)
    {
        await using var server = new RunningModel(
            ModelCatalog.Find(name)!, new HowdyHandler(WorkSpec.Parse("io:60m")!));
        using var client = new TcpClient();
        await client.ConnectAsync(await server.Address, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await server.StopAsync();
    }

    /// <summary>Its like is caught where names are: no command makes one.</summary>
    [Fact]
    public async Task Model_OfProcesses_RefusesAHandlerThatIsAnObject()
    {
        await using var server = new RunningModel(ModelCatalog.Find("sync")!, Howdy);
        var setup = new ModelSetup(
            await server.Address, new CountingHandler(together: 1), _ => { }, TestContext.Current.CancellationToken);

        Assert.Throws<NotSupportedException>(() => ModelCatalog.Find("proc:1")!.Run(setup));
    }

    [Fact]
    public async Task Model_AddressTaken_SaysSo()
    {
        await using var server = new RunningModel(ModelCatalog.Find("sync")!, Howdy);
        var setup = new ModelSetup(await server.Address, Howdy, _ => { }, TestContext.Current.CancellationToken);

        Assert.Throws<NativeException>(() => ModelCatalog.Find("loop")!.Run(setup));
        Assert.Throws<SocketException>(() => ModelCatalog.Find("thread")!.Run(setup));
        Assert.Throws<IOException>(() => ModelCatalog.Find("kestrel")!.Run(setup));
    }

    private async Task AskAsync(RunningModel server, int requests)
    {
        var url = await server.UrlAsync("/x");
        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => _client.GetStringAsync(url)));

        Assert.All(answers, answer => Assert.Equal("/x", answer));
    }
}
