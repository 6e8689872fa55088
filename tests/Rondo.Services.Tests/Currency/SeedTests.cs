using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency;

/// <summary>The exact answers of the programs Rondo starts from.</summary>
public sealed class SeedTests
{
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
}
