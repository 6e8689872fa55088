using System.Net;
using Rondo.Services.Auth;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>Whole servers that share a database.</summary>
public sealed class PostgresServerTests : IDisposable
{
    private readonly string _schema = PostgresCluster.NewSchema();
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Message_SentToOneNode_IsReadOnTheOther()
    {
        var options = await OptionsAsync();
        await using var here = await TestServer.StartAsync(options: options);
        await using var there = await TestServer.StartAsync(options: options);

        var (sent, _) = await here.SendAsync(
            "POST", "/chat/rooms/lobby/messages", new StringContent("""{"text":"from here"}""", null, "application/json"));
        var (_, history) = await there.GetAsync("/chat/rooms/lobby/messages");

        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        Assert.Contains("from here", history);
        Assert.False(File.Exists(Path.Combine(here.DataFolder, "events.db")));
    }

    [Fact]
    public async Task Watch_MessageSentToTheOtherNode_Comes()
    {
        var options = await OptionsAsync();
        await using var here = await TestServer.StartAsync(options: options);
        await using var there = await TestServer.StartAsync(options: options);
        var waiting = there.GetAsync("/chat/rooms/lobby/events?wait=30s&after=0");

        await here.SendAsync(
            "POST", "/chat/rooms/lobby/messages", new StringContent("""{"text":"from here"}""", null, "application/json"));

        Assert.Contains("from here", (await waiting).Body);
    }

    [Fact]
    public async Task Audit_WrittenByTwoNodesAtOnce_IsOneChain()
    {
        var options = await OptionsAsync();
        await using (var here = await TestServer.StartAsync(options: options))
        {
            await using var there = await TestServer.StartAsync(options: options);
            await Task.WhenAll(new[] { here, there }.SelectMany(server =>
            {
                var audit = server.Services.GetRequiredService<AuditTrail>();
                return Enumerable.Range(0, 10).Select(i => audit.AppendAsync(AuditEntry.Of(
                    "auth.login", AuditActor.Terminal, $"{i}", TestServer.Friday)));
            }));
        }

        using var output = new StringWriter();
        Assert.Equal(
            ExitCode.Ok, await AuditTool.VerifyAsync(null, options.DatabaseFile, null, output, output));
        Assert.Contains("events are linked", output.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_RoomsAreOpen_EndBeforeTheStore(bool isDatabase)
    {
        var logs = new LogCapture();
        var options = isDatabase ? await OptionsAsync() : new ServerOptions { Offline = true };
        await using (var server = await TestServer.StartAsync(options: options, logs: logs))
        {
            await server.GetAsync("/chat/rooms/lobby/messages");
            await server.GetAsync("/readyz");
        }

        Assert.DoesNotContain(logs.Lines, l => l.Contains("no longer followed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_NoDatabaseThere_IsSaidInOneSentence()
    {
        PostgresCluster.SkipWithout();
        var file = PostgresCluster.WritePrivate(_folder, "Host=127.0.0.1;Port=1;Username=rondo;Password=s3cret");

        var refused = await Assert.ThrowsAsync<StartException>(
            () => TestServer.StartAsync(options: new ServerOptions { Offline = true, DatabaseFile = file }));

        Assert.Contains("rondo on 127.0.0.1 cannot be used", refused.Message);
        Assert.DoesNotContain("s3cret", refused.Message);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<ServerOptions> OptionsAsync() => new()
    {
        Offline = true,
        DatabaseFile = (await PostgresCluster.SharedAsync()).WriteAddress(_folder, _schema),
    };
}
