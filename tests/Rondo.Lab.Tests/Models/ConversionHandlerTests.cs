using Rondo.Lab.Models;

namespace Rondo.Lab.Tests.Models;

/// <summary>The currency workshop's three servers, each with another server that has the rates.</summary>
public sealed class ConversionHandlerTests : IDisposable
{
    private const string Rates = """{"base":"EUR","rates":{"USD":1.22,"GBP":0.884,"BAD":"x"}}""";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    public static TheoryData<string> Servers => [.. ModelCatalog.CurrencyServers.Keys];

    public void Dispose() => _client.Dispose();

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Server_Conversion_AnswersAsTheTalk(string name)
    {
        await using var upstream = new RunningModel(new LoopModel(), new FixedHandler(Rates));

        Assert.Equal((200, "GBP 88.4"), await AskAsync(name, "/convert/GBP/100", upstream));
        Assert.Equal((200, "USD 122"), await AskAsync(name, "/convert/usd/100", upstream));
        Assert.Equal((200, "GBP 6.188"), await AskAsync(name, "/convert/GBP/7", upstream));
    }

    [Theory]
    [InlineData(404, "/")]
    [InlineData(404, "/convert/GBP")]
    [InlineData(404, "/convert/GBP/abc")]
    [InlineData(404, "/convert/GBP/-5")]
    [InlineData(404, "/convert/XXX/100")]
    [InlineData(400, "/convert/USD/79228162514264337593543950335")]
    [InlineData(502, "/convert/BAD/100")]
    public async Task Server_CannotConvert_SaysWhoseFaultItIs(int status, string path)
    {
        await using var upstream = new RunningModel(new LoopModel(), new FixedHandler(Rates));

        foreach (var name in ModelCatalog.CurrencyServers.Keys)
        {
            Assert.Equal(status, (await AskAsync(name, path, upstream)).Status);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no JSON")]
    [InlineData("""{"rates":1}""")]
    public async Task Server_UpstreamAnswersSomethingElse_IsABadGateway(string body)
    {
        await using var upstream = new RunningModel(new LoopModel(), new FixedHandler(body));

        foreach (var name in ModelCatalog.CurrencyServers.Keys)
        {
            Assert.Equal(502, (await AskAsync(name, "/convert/GBP/100", upstream)).Status);
        }
    }

    [Fact]
    public async Task Server_UpstreamAnswersWithoutEnd_IsABadGateway()
    {
        await using var upstream = new RunningModel(
            new LoopModel(), new FixedHandler(Rates.Replace("EUR", new string('E', 100_000), StringComparison.Ordinal)));

        foreach (var name in ModelCatalog.CurrencyServers.Keys)
        {
            Assert.Equal(502, (await AskAsync(name, "/convert/GBP/100", upstream)).Status);
        }
    }

    [Fact]
    public async Task Server_UpstreamGone_IsABadGateway()
    {
        var upstream = new RunningModel(new LoopModel(), new FixedHandler(Rates));
        await upstream.UrlAsync();
        await upstream.StopAsync();

        foreach (var name in ModelCatalog.CurrencyServers.Keys)
        {
            Assert.Equal(502, (await AskAsync(name, "/convert/GBP/100", upstream)).Status);
        }
    }

    private async Task<(int Status, string Body)> AskAsync(string name, string path, RunningModel upstream)
    {
        using var handler = new ConversionHandler(await upstream.UrlAsync("/latest"));
        await using var server = new RunningModel(ModelCatalog.Find(ModelCatalog.CurrencyServers[name])!, handler);
        using var answer = await _client.GetAsync(await server.UrlAsync(path), TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class FixedHandler(string body) : IRequestHandler
    {
        public HttpAnswer AnswerBlocking(string target) => body;

        public ValueTask<HttpAnswer> AnswerAsync(string target) => ValueTask.FromResult<HttpAnswer>(body);
    }
}
