using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Gateway;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>Replays the tables of docs/services/gateway.md, before a service that keeps each byte it gets.</summary>
public sealed partial class GatewayDocumentTests
{
    private static readonly ServiceDocument Document = new("gateway");

    [Fact]
    public async Task BadRequests_EveryRow_IsRefusedAndReachesNobody()
    {
        await using var upstream = new RecordingUpstream();
        await using var server = await TestServer.StartAsync();
        var key = await PrepareAsync(server, upstream);
        var node = server.Services.GetRequiredService<HopTrail>().Node;
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad requests"))
        {
            var answer = await RawHttp.SendAsync(
                server.Address, Request(row[0].Replace("NODE", node), key, server.Address));
            var type = answer.Body.StartsWith('{')
                ? JsonNode.Parse(answer.Body)!.Text("type").Replace("/problems/", "")
                : "none";
            if ($"{answer.Status} {type}" is var seen && seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(0, upstream.Bytes);
    }

    [Fact]
    public async Task OddRequests_EveryRow_ComesAsWritten()
    {
        await using var upstream = new RecordingUpstream();
        await using var server = await TestServer.StartAsync();
        var key = await PrepareAsync(server, upstream);
        var wrong = new List<string>();
        foreach (var row in Document.Table("Odd requests"))
        {
            upstream.Heads.Clear();
            var answer = await RawHttp.SendAsync(server.Address, Request(row[0], key, server.Address));
            var expected = Expectation().Match(row[1].Replace("RONDO", server.Address.Authority));
            Assert.True(expected.Success && answer.Status == 200, $"{row[0]}: {answer.Status} {answer.Body}");
            var head = Assert.Single(upstream.Heads);
            var (line, isThere, field) =
                (expected.Groups[1].Value, expected.Groups[2].Value == "with", expected.Groups[3].Value);
            if (!head.StartsWith(line + " HTTP/1.1\r\n", StringComparison.Ordinal)
                || isThere != head.Contains(
                    "\r\n" + field + (isThere ? "\r\n" : ":"), StringComparison.OrdinalIgnoreCase))
            {
                wrong.Add($"{row[0]}: {head}, not {row[1]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task BadRoutes_EveryRow_IsRefusedWithItsPlace()
    {
        await using var server = await TestServer.StartAsync();
        var key = Keys.Bearer(server.CreateAdminKey());
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad routes"))
        {
            var (response, body) = await server.SendAsync(
                "PUT", "/gateway/routes/bad", RegistryCalls.Json(row[0]), key);
            var pointer = JsonNode.Parse(body)!["pointer"]?.GetValue<string>() ?? "";
            if ($"{(int)response.StatusCode} {pointer}" is var seen && seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void BadSituations_EveryRow_HasItsTest()
    {
        var tests = Directory
            .EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => TestName().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet();

        Assert.All(Document.Table("Bad situations"), row => Assert.Subset(tests, Names(row[2])));
    }

    private static HashSet<string> Names(string cell) => [.. cell.Split(", ").Select(n => n.Trim('`'))];

    private static async Task<string> PrepareAsync(TestServer server, RecordingUpstream upstream)
    {
        var key = server.CreateAdminKey();
        await new RegistryCalls(server, key).RegisterAsync(
            "printer", "p1", ""","routes":["/printer/**"]""", upstream.Url);
        foreach (var (id, route) in new[]
        {
            ("small", """{"match":{"path":"/printer/small"},"service":"printer","max_body":"1kB"}"""),
            ("read", """{"match":{"path":"/readonly","methods":["GET"]},"service":"printer"}"""),
            ("encoded", """{"match":{"path":"/printer/encoded/**"},"service":"printer","encoded":"forward"}"""),
        })
        {
            var (response, body) = await server.SendAsync(
                "PUT", "/gateway/routes/" + id, RegistryCalls.Json(route), Keys.Bearer(key));
            Assert.True(response.IsSuccessStatusCode, body);
        }

        return key;
    }

    // Bytes on the wire, with what the row does not say.
    private static string Request(string row, string key, Uri server)
    {
        row = List().Replace(row, m => string.Join(", ", Copies(m)));
        row = Repeated().Replace(row, m => string.Concat(Copies(m)));
        var parts = row.Replace("RONDO", server.Authority).Split(" ¦ ", StringSplitOptions.RemoveEmptyEntries);
        var headers = parts.Skip(1).ToList();
        if (!headers.Any(h => h.StartsWith("Connection:", StringComparison.Ordinal)))
        {
            headers.Add("Connection: close");
        }

        if (parts[0].StartsWith("POST", StringComparison.Ordinal)
            && !headers.Any(h => h.StartsWith("Content-", StringComparison.Ordinal)))
        {
            headers.Add("Content-Length: 0");
        }

        var host = parts[0].StartsWith("CONNECT", StringComparison.Ordinal) ? "rondo:80" : server.Authority;
        return $"{parts[0]} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
            + string.Concat(headers.Select(h => h + "\r\n")) + "\r\n";
    }

    private static IEnumerable<string> Copies(Match match) =>
        Enumerable.Repeat(match.Groups[1].Value, int.Parse(match.Groups[2].Value, null));

    [GeneratedRegex(@"^(\S+ \S+)` (with|without) `(.+)$")]
    private static partial Regex Expectation();

    [GeneratedRegex(@"\{([^{}*]+), \*(\d+)\}")]
    private static partial Regex List();

    [GeneratedRegex(@"\{([^{}*]+)\*(\d+)\}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex TestName();
}
