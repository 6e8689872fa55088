using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests;

[Collection(Alone.Name)]
public sealed class RondoServerTests
{
    [Fact]
    public async Task Settings_Precedence_IsFlagThenVariableThenFile()
    {
        using var rates = new TestFolder();
        var one = rates.Write("one.csv", "Date,USD\n2026-11-20,1\n");
        var two = rates.Write("two.csv", "Date,USD\n2026-11-20,2\n");
        var three = rates.Write("three.csv", "Date,USD\n2026-11-20,3\n");
        var settings = JsonSerializer.Serialize(
            new { Rates = one, Currency = new { Deadline = "00:00:10", Jitter = "00:00:10" } });

        Assert.Equal("USD 1", await ConvertAsync(settings, null));
        using (new Variable("RONDO_RATES", two))
        {
            Assert.Equal("USD 2", await ConvertAsync(settings, null));
            Assert.Equal("USD 3", await ConvertAsync(settings, three));
        }
    }

    [Fact]
    public async Task Settings_OfASection_ComeFromVariablesToo()
    {
        using var variable = new Variable("RONDO_CURRENCY__DEADLINE", "00:00:07");
        await using var server = await TestServer.StartAsync(settings: """{"Currency":{"Deadline":"00:00:10","Jitter":"00:00:09"}}""");
        var options = server.Services.GetRequiredService<LiveOptions<CurrencyOptions>>().Current;

        Assert.Equal(TimeSpan.FromSeconds(7), options.Deadline);
        Assert.Equal(TimeSpan.FromSeconds(9), options.Jitter);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    public async Task Offline_ByVariable_HasNoSource(string value)
    {
        using var variable = new Variable("RONDO_OFFLINE", value);
        await using var server = await TestServer.StartAsync(options: new ServerOptions());

        Assert.False(server.Services.GetRequiredService<RateRefresher>().CanRefresh);
    }

    [Fact]
    public async Task Offline_NeitherTrueNorFalse_RefusesToStart()
    {
        using var variable = new Variable("RONDO_OFFLINE", "perhaps");

        var refused = await Assert.ThrowsAsync<StartException>(
            () => TestServer.StartAsync(options: new ServerOptions()));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
    }

    [Fact]
    public async Task Transport_FlagThenVariableThenFile_Decides()
    {
        // The suite itself may run under the variable.
        using var none = new Variable("RONDO_TRANSPORT", null);
        Assert.Contains("sockets", await ChosenAsync(flag: null));
        using var variable = new Variable("RONDO_TRANSPORT", "auto");
        Assert.Contains(
            OperatingSystem.IsLinux() ? "epoll, the default on Linux" : "event loops need Linux",
            await ChosenAsync(flag: null));
        Assert.Contains("sockets, as configured", await ChosenAsync("sockets"));

        static async Task<string> ChosenAsync(string? flag)
        {
            await using var server = await TestServer.StartAsync(
                options: new ServerOptions { Offline = true, Transport = flag },
                settings: """{"Transport":"sockets"}""");
            var factory = server.Services.GetServices<IConnectionListenerFactory>().Last().GetType().Namespace!;
            var choice = server.Services.GetRequiredService<TransportChoice>();
            Assert.Equal(choice.Name == "epoll", factory.StartsWith("Rondo.", StringComparison.Ordinal));
            return $"{choice.Name}, {choice.Reason}";
        }
    }

    [Fact]
    public async Task DataFolder_ByVariable_IsUsedUnlessTheFlagSaysOtherwise()
    {
        using var folder = new TestFolder();
        using var variable = new Variable("RONDO_DATA", folder.Path);

        Assert.Equal(folder.Path, DataFolder.Resolve(null));
        Assert.Equal(Path.GetFullPath("/elsewhere"), DataFolder.Resolve("/elsewhere"));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task DataFolder_Taken_IsRefusedAndNamesTheHolder()
    {
        await using var server = await TestServer.StartAsync();

        var refused = Assert.Throws<StartException>(
            () => RondoServer.Build(new ServerOptions { DataFolder = server.DataFolder, Offline = true }));

        Assert.Contains(server.DataFolder, refused.Message);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message);
    }

    [Fact]
    public async Task DataFolder_ServerGone_IsFreeAndPrivate()
    {
        using var folder = new TestFolder();
        var data = Path.Combine(folder.Path, "data");
        for (var i = 0; i < 2; i++)
        {
            await using var app = RondoServer.Build(
                new ServerOptions { DataFolder = data, Offline = true, Urls = "http://127.0.0.1:0" });
            await RondoServer.StartAsync(app);
            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(data) == ownerOnly);
    }

    [Fact]
    public async Task Address_Taken_IsExitCode1AndSaysSo()
    {
        await using var server = await TestServer.StartAsync();
        using var folder = new TestFolder();
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = await RondoServer.RunAsync(
            new ServerOptions { DataFolder = folder.Path, Offline = true, Urls = server.Address.ToString() },
            output, error);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("is taken by", error.ToString());
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://999.1.1.1:x")]
    [InlineData("http://localhst:0")]
    [InlineData("http://127.0.0.1:0;http://127.0.0.l:0")]
    public async Task Address_ThatIsNone_IsExitCode2(string urls)
    {
        using var folder = new TestFolder();
        var error = new StringWriter();

        var code = await RondoServer.RunAsync(
            new ServerOptions { DataFolder = folder.Path, Offline = true, Urls = urls }, TextWriter.Null, error)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("is no address to listen on", error.ToString());
    }

    [Fact]
    public async Task LogLevel_ThatIsNone_IsRefusedInOneSentence()
    {
        using var folder = new TestFolder();
        folder.Write("appsettings.json", """{"Logging":{"LogLevel":{"Default":"bogus"}}}""");
        var error = new StringWriter();

        var code = await RondoServer.RunAsync(
            new ServerOptions { DataFolder = folder.Path, Offline = true, Urls = "http://127.0.0.1:0" }, TextWriter.Null, error)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("'Logging:LogLevel:Default' is one of Trace", error.ToString());
    }

    [Fact]
    public async Task LogFormat_Json_IsAnObjectPerLineOnStandardError()
    {
        using var folder = new TestFolder();
        var (output, error) = (Console.Out, Console.Error);
        var (outText, errorText) = (new StringWriter(), new StringWriter());
        try
        {
            Console.SetOut(outText);
            Console.SetError(errorText);
            await using var server = await TestServer.StartAsync(
                options: new ServerOptions { Offline = true, LogFormat = "json" });
            server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Rondo.Test")
                .Log(LogLevel.Warning, default, "first\nsecond \"quoted\" \u001b[31m", null, (text, _) => text);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        var line = Assert.Single(errorText.ToString().TrimEnd('\n').Split('\n'), l => l.Contains("Rondo.Test"));
        using var json = JsonDocument.Parse(line);
        Assert.Equal("Warning", json.RootElement.GetProperty("LogLevel").GetString());
        Assert.Equal("first\nsecond \"quoted\" \u001b[31m", json.RootElement.GetProperty("Message").GetString());
        Assert.Empty(outText.ToString());
    }

    [Fact]
    public async Task LogFormat_Text_IsOneLinePerMessageWhateverItHolds()
    {
        var error = Console.Error;
        var text = new StringWriter();
        try
        {
            Console.SetError(text);
            await using var server = await TestServer.StartAsync();
            server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Rondo.Test")
                .Log(
                    LogLevel.Warning, default, "GET /a\r\n2026-11-20T00:00:00.000Z info: forged",
                    null, (line, _) => line);
        }
        finally
        {
            Console.SetError(error);
        }

        Assert.DoesNotContain(
            text.ToString().Split('\n'),
            line => line.StartsWith("2026-11-20T00:00:00.000Z info: forged", StringComparison.Ordinal));
        Assert.Contains("Rondo.Test", text.ToString());
    }

    [Fact]
    public void LogFormat_Unknown_IsRefused()
    {
        using var folder = new TestFolder();

        var refused = Assert.Throws<StartException>(
            () => RondoServer.Build(new ServerOptions { DataFolder = folder.Path, LogFormat = "xml" }));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
    }

    [Fact]
    public async Task Run_FirstStart_PrintsTheKeyOnceAndWhatToTry()
    {
        using var folder = new TestFolder();
        var (output, error) = (new StringWriter(), new StringWriter());
        await using var app = RondoServer.Build(
            new ServerOptions { DataFolder = folder.Path, Offline = true, Urls = "http://127.0.0.1:0" });
        await RondoServer.StartAsync(app);

        await Welcome.WriteAsync(app, null, output);
        await Welcome.WriteAsync(app, null, error);

        Assert.Contains("admin key, shown only this once: ak_", output.ToString());
        Assert.DoesNotContain("ak_", error.ToString());
        Assert.Contains("curl " + app.Addresses()[0] + "/convert/GBP/100", output.ToString());
        Assert.Contains("currency-api of 2026-", output.ToString());
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Stop_RequestInFlight_IsFinished(string transport)
    {
        await using var server = await TestServer.StartAsync(
            time: new ManualTime(TestServer.Friday),
            options: new ServerOptions { Offline = true, Transport = transport });
        const string csv = "Date,USD\n2026-11-20,1.22\n";
        var key = server.CreateAdminKey();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /currency/import HTTP/1.1\r\nHost: rondo\r\nX-API-Key: {key}\r\n"
                    + $"Expect: 100-continue\r\nContent-Length: {csv.Length}\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var limit = TimeSpan.FromSeconds(20);

        // The server asks for the body: the request is with its handler now.
        var interim = await reader.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(limit, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 100 Continue", interim);
        var stopping = server.StopAsync();
        Assert.False(stopping.IsCompleted);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(csv), TestContext.Current.CancellationToken);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(limit, TestContext.Current.CancellationToken);
        await stopping.WaitAsync(limit, TestContext.Current.CancellationToken);

        Assert.Contains("HTTP/1.1 200 OK", answer);
        Assert.Contains("\"changed\":1", answer);
        await Assert.ThrowsAsync<HttpRequestException>(
            () => server.Client.GetAsync("/healthz", TestContext.Current.CancellationToken));
    }

    private static async Task<string> ConvertAsync(string settings, string? flag)
    {
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { RatesFile = flag }, settings: settings);
        var (response, body) = await server.GetAsync("/convert/USD/1");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return body;
    }

    private sealed class Variable : IDisposable
    {
        private readonly string _name;
        private readonly string? _before;

        public Variable(string name, string? value)
        {
            _name = name;
            _before = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
    }
}
