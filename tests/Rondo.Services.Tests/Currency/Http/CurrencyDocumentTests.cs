using System.Reflection;
using System.Text.Json.Nodes;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

/// <summary>Replays the examples of docs/services/currency.md and compares its lists with the code.</summary>
public sealed class CurrencyDocumentTests
{
    [Fact]
    public async Task Examples_Replayed_GiveTheAnswersShown()
    {
        await using var server = await CurrencyDocument.StartServerAsync();
        foreach (var example in CurrencyDocument.Examples)
        {
            var (response, body) = await server.SendAsync(example.Method, example.Path, null, example.Headers);

            Assert.Equal(
                $"{example.Path} {example.Status} {example.ContentType}",
                $"{example.Path} {(int)response.StatusCode} {response.Content.Headers.ContentType}");
            Assert.All(example.AnswerHeaders, header => Assert.Contains(header, Headers(response)));
            AssertSame(example.Body, body.TrimEnd('\n'));
        }
    }

    [Fact]
    public void Problems_Table_ListsExactlyTheTypesOfTheCode()
    {
        var types = typeof(ProblemType).Assembly.GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => f.FieldType == typeof(ProblemType))
            .Select(f => (ProblemType)f.GetValue(null)!)
            .Distinct();
        var listed = CurrencyDocument.Table("Problems")
            .Concat(new ServiceDocument("streams").Table("Problems"))
            .Concat(new ServiceDocument("chat").Table("Problems"))
            .Concat(new ServiceDocument("weather").Table("Problems"))
            .Concat(new ServiceDocument("registry").Table("Problems"))
            .Concat(new ServiceDocument("auth").Table("Problems"))
            .Concat(new ServiceDocument("gateway").Table("Problems"))
            .Concat(new ServiceDocument("noise").Table("Problems"))
            .Concat(new ServiceDocument("tls").Table("Problems"))
            .Concat(new ServiceDocument("nodes").Table("Problems"))
            .Select(r => $"{r[0]} {r[1][..3]}")
            .Distinct();

        Assert.Equal(types.Select(t => $"{t.Name} {t.Status}").Order(), listed.Order());
    }

    [Fact]
    public void Configuration_Table_NamesEverySetting()
    {
        var keys = CurrencyDocument.Table("Configuration")
            .Select(r => r[0])
            .Where(k => k.StartsWith("Currency:", StringComparison.Ordinal));

        Assert.Equal(typeof(CurrencyOptions).GetProperties().Select(p => $"Currency:{p.Name}").Order(), keys.Order());
    }

    private static IEnumerable<string> Headers(HttpResponseMessage response) =>
        response.Headers.Concat(response.Content.Headers).Select(h => $"{h.Key}: {string.Join(", ", h.Value)}");

    private static void AssertSame(string expected, string body)
    {
        if (expected.StartsWith('{') || expected.StartsWith('['))
        {
            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(body)),
                $"Expected {expected}\nAnswer   {body}");
            return;
        }

        Assert.Equal(expected, body);
    }
}
