using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency;

/// <summary>The exact answers of the programs Rondo starts from.</summary>
public sealed class SeedTests
{
    private const string FixerBody = """{"rates":{"USD":1.22}}""";

    private static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/convert/GBP/100", "GBP 88.4")]
    [InlineData("/convert/USD/100", "USD 122")]
    [InlineData("/convert/GBP/7", "GBP 6.19")]
    [InlineData("/convert/GBP/7?rounding=none", "GBP 6.188")]
    public async Task Convert_RateOfTheTalk_AnswersItsText(string path, string expected)
    {
        await using var server = await TestServer.StartAsync("Date,GBP,USD\n2026-11-20,0.884,1.22\n");

        Assert.Equal(expected, await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Convert_FixtureOfTheTalk_Is122()
    {
        var days = FixerJson.Parse(
            TestDocuments.Utf8(FixerBody), RateOrigin.Fixer, DateOnly.FromDateTime(Now.UtcDateTime));
        Assert.True(Amount.TryParse("100", out var amount));
        var request = new ConversionRequest(CurrencyCatalog.Euro, TestRates.Known("USD"), amount);

        var error = new CurrencyConverter(new ManualTime(Now))
            .Convert(TestRates.Snapshot(days), request, out var conversion);

        Assert.Equal((ConversionError.None, 122m), (error, conversion.Result));
    }

    [Fact]
    public async Task Convert_ServerOfTheTalkAsTheSource_Is122()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(context =>
        {
            // The bank, at the other address, is out of service.
            context.Response.StatusCode = context.Request.Path == "/latest" ? 200 : 503;
            return context.Response.WriteAsync(FixerBody);
        });
        await using var server = await TestServer.StartAsync(
            time: new ManualTime(Now),
            options: new ServerOptions(),
            settings: $$$"""{"Currency":{"EcbAddress":"{{{upstream.Address}}}bank/","FixerAddress":"{{{upstream.Address}}}latest"}}""");
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var book = server.Services.GetRequiredService<RateBook>();
        book.Changed += () => arrived.TrySetResult();
        if (book.Current.Sequence == 0)
        {
            await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            "USD 122",
            await server.Client.GetStringAsync("/convert/USD/100", TestContext.Current.CancellationToken));
    }
}
