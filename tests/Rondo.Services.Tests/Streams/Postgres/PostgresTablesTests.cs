using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>
/// Whole servers and commands whose tables are in a database. A key that a command changes is looked for in real time:
/// it is another process's.
/// </summary>
public sealed class PostgresTablesTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Tables_WrittenByOneNode_AreThereOnTheNext()
    {
        var options = await OptionsAsync(await PostgresCluster.SharedAsync());
        string admin, reader, keySet;
        await using (var here = await TestServer.StartAsync(options: options))
        {
            admin = here.CreateAdminKey();
            reader = (await here.CreateAsync(admin, new { name = "reader", scopes = new[] { "weather:read" } })).Text();
            Assert.Equal("200 -", await here.VerdictAsync(
                "PUT", "/currency/overrides/USD", """{"rate":"2.5","from":"2020-01-01"}""", Keys.Bearer(admin)));
            (_, keySet) = await here.GetAsync("/auth/.well-known/jwks.json");
            Assert.False(File.Exists(Path.Combine(here.DataFolder, "rondo.db")));
            Assert.False(File.Exists(Path.Combine(here.DataFolder, "auth.pepper")));
        }

        await using var there = await TestServer.StartAsync(options: options);

        Assert.Null(there.Services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone());
        Assert.Equal("200 -", await there.VerdictAsync("GET", "/weather", null, Keys.Bearer(reader)));
        Assert.Equal("200 -", await there.VerdictAsync("GET", "/auth/keys", null, Keys.Bearer(admin)));
        Assert.Equal(keySet, (await there.GetAsync("/auth/.well-known/jwks.json")).Body);
        Assert.Contains("250", (await there.GetAsync("/convert/USD/100")).Body);
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.Equal(ExitCode.Ok, CurrencyTool.Convert(
            new ConvertQuery("USD", "100") { DatabaseFile = options.DatabaseFile }, output, error));
        Assert.StartsWith("250", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, CurrencyTool.Import("x", options.DatabaseFile, null, false, output, error));
        Assert.Contains("POST /currency/import", error.ToString());
    }

    [Fact]
    public async Task Tool_EndsAKeyInTheDatabase_ServerTakesItOver()
    {
        var options = await OptionsAsync(await PostgresCluster.SharedAsync());
        await using var server = await TestServer.StartAsync(
            options: options,
            settings: """{"Auth": {"AttemptsPerAddress": 100000, "AttemptsPerPrefix": 100000}}""");
        server.CreateAdminKey();
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = KeyTool.Create(
            new NewKeyOptions { Name = "x", Scopes = ["weather:read"] }, options.DatabaseFile, null, true, output, error);

        Assert.True(code == ExitCode.Ok, error.ToString());
        var made = JsonNode.Parse(output.ToString())!;
        await UntilAsync(server, "200 -", made.Text());
        Assert.Equal(
            ExitCode.Ok, KeyTool.Revoke(made.Text("id"), options.DatabaseFile, null, TextWriter.Null, error));
        await UntilAsync(server, "401 invalid-credential", made.Text());
    }

    [Fact]
    public async Task Tool_NoTablesThere_SaysSo()
    {
        var file = (await OptionsAsync(await PostgresCluster.SharedAsync())).DatabaseFile;
        var error = new StringWriter();

        Assert.Equal(ExitCode.Failed, KeyTool.List(file, null, false, TextWriter.Null, error));

        Assert.Contains("There is no data in the database postgres on 127.0.0.1.", error.ToString());
    }

    [Fact]
    public async Task Tables_DatabaseIsStopped_KeysCountOnAndChangesAre503()
    {
        PostgresCluster.SkipWithout();
        await using var cluster = await PostgresCluster.StartAsync();
        var options = await OptionsAsync(cluster);
        await using var server = await TestServer.StartAsync(options: options);
        var admin = server.CreateAdminKey();
        var reader = await server.CreateAsync(admin, new { name = "reader", scopes = new[] { "weather:read" } });
        await cluster.StopAsync();

        var (refused, body) = await server.SendAsync("POST", "/auth/keys", New(), Keys.Bearer(admin));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("/problems/store-busy", body);
        Assert.Contains("Nothing was stored", body);
        Assert.Equal("2", refused.Headers.RetryAfter!.ToString());
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/weather", null, Keys.Bearer(reader.Text())));
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/convert/USD/100", null));
        var error = new StringWriter();
        Assert.Equal(ExitCode.Failed, KeyTool.List(options.DatabaseFile, null, false, TextWriter.Null, error));
        Assert.Contains("postgres on 127.0.0.1 cannot be used", error.ToString());

        await cluster.StartAgainAsync();
        using var limit = new CancellationTokenSource(Guard);
        while ((await server.SendAsync("POST", "/auth/keys", New(), Keys.Bearer(admin))).Response.StatusCode
            is not HttpStatusCode.Created)
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    public void Dispose() => _folder.Dispose();

    private static JsonContent New() => JsonContent.Create(new { name = "new", scopes = new[] { "weather:read" } });

    private async Task<ServerOptions> OptionsAsync(PostgresCluster cluster) => new()
    {
        Offline = true,
        DatabaseFile = cluster.WriteAddress(_folder, PostgresCluster.NewSchema()),
    };

    private static async Task UntilAsync(TestServer server, string verdict, string key)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (await server.VerdictAsync("GET", "/weather", null, Keys.Bearer(key)) != verdict)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
