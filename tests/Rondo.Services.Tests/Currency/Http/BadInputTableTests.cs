using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

/// <summary>Replays the tables of bad input in docs/services.</summary>
public sealed partial class BadInputTableTests
{
    [Theory]
    [InlineData("currency")]
    [InlineData("streams")]
    public async Task BadInput_EveryRowOfTheTable_IsAnsweredAsWritten(string document)
    {
        await using var server = await CurrencyDocument.StartServerAsync();
        var wrong = new List<string>();
        foreach (var row in new ServiceDocument(document).Table("Bad input"))
        {
            var (request, expected) = (row[0], $"{row[1]} {row[2]}");
            var line = Repeated().Replace(
                request,
                m => string.Concat(Enumerable.Repeat(m.Groups[1].Value, int.Parse(m.Groups[2].Value, null))));
            var answer = await RawHttp.SendAsync(
                server.Address, $"{line} HTTP/1.1\r\nHost: rondo\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            if ($"{answer.Status} {ProblemOf(answer)}" is var seen && seen != expected)
            {
                wrong.Add($"{request}: {seen}, not {expected}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void BadInput_Table_CoversAllDialects()
    {
        var requests = CurrencyDocument.Table("Bad input").Select(r => r[0]).ToList();

        Assert.True(requests.Count > 150);
        Assert.Equal(requests.Count, requests.Distinct().Count());
        Assert.All(
            ["/convert/", "/currency/convert", "/currency/rates", "/v1/", "/v2/"],
            p => Assert.Contains(requests, r => r.Contains(p)));
    }

    private static string ProblemOf(RawAnswer answer)
    {
        if (answer.Status < 400)
        {
            return "-";
        }

        if (answer.Body.Length == 0)
        {
            return "none";
        }

        using var problem = JsonDocument.Parse(answer.Body);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Equal(answer.Status, problem.RootElement.GetProperty("status").GetInt32());
        return problem.RootElement.GetProperty("type").GetString()!.Replace("/problems/", "");
    }

    [GeneratedRegex(@"\{([^{}*]+)\*(\d+)\}")]
    private static partial Regex Repeated();
}
