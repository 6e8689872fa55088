using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

/// <summary>Replays the tables of bad input in docs/services/registry.md.</summary>
public sealed partial class RegistryTablesTests
{
    private static readonly ServiceDocument Document = new("registry");

    [Fact]
    public async Task BadRegistrations_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var key = server.CreateAdminKey();
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad registrations"))
        {
            var body = Expand(row[0]).Replace("PORT", server.OwnAddress.Port.ToString(CultureInfo.InvariantCulture));
            var seen = await AnswerAsync(server, key, "PUT /registry/services/bad/instances/b1", body);
            if (seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task BadRequests_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var key = server.CreateAdminKey();
        await new RegistryCalls(server, key).RegisterAsync("printer", "p1");
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad requests"))
        {
            var body = row[0].StartsWith("PUT", StringComparison.Ordinal) ? """{"url":"http://10.0.0.5"}""" : "";
            var seen = await AnswerAsync(server, key, Expand(row[0]), body);
            if (seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void BadSituations_EveryRow_HasItsTest()
    {
        var tests = Directory
            .EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => TestName().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet();

        Assert.All(Document.Table("Bad situations"), row => Assert.Contains(row[2], tests));
    }

    private static async Task<string> AnswerAsync(TestServer server, string key, string request, string body)
    {
        var answer = await RawHttp.SendAsync(
            server.Address,
            $"{request} HTTP/1.1\r\nHost: rondo\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
        var type = answer.Body.StartsWith('{')
            ? JsonNode.Parse(answer.Body)!["type"]?.GetValue<string>().Replace("/problems/", "")
            : null;

        // A body that is refused by its length has an answer of the server itself.
        return $"{answer.Status} {(answer.Status == 413 ? "registration-too-large" : type ?? "none")}";
    }

    private static string Expand(string text) => Repeated().Replace(text, m =>
        string.Concat(Enumerable.Repeat(m.Groups[1].Value, int.Parse(m.Groups[2].Value, null))));

    [GeneratedRegex(@"\{([a-z])\*(\d+)\}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex TestName();
}
