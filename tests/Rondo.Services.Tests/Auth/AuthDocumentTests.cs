using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Auth;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>Replays the tables of docs/services/auth.md.</summary>
public sealed partial class AuthDocumentTests
{
    private static readonly ServiceDocument Document = new("auth");

    [Fact]
    public async Task BadInput_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync(
            settings: """{"Auth": {"AttemptsPerAddress": 1000, "AttemptsPerPrefix": 1000}}""");
        var key = server.CreateAdminKey();
        var wrong = new List<string>();
        foreach (var row in Document.Table("Bad input"))
        {
            var parts = Expand(row[0], key).Split(" ¦ ");
            var body = parts[^1].StartsWith('«') ? parts[^1][1..^1] : "";
            var headers = parts.Skip(1).Where(p => !p.StartsWith('«')).Select(h => h + "\r\n");
            var answer = await RawHttp.SendAsync(
                server.Address,
                $"{parts[0]} HTTP/1.1\r\nHost: rondo\r\n{string.Concat(headers)}Content-Type: application/json\r\n"
                    + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
            if ($"{answer.Status} {TypeOf(answer)}" is var seen && seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task PagesOfOtherSites_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        var key = server.CreateAdminKey();
        var wrong = new List<string>();
        foreach (var row in Document.Table("Pages of other sites"))
        {
            var (cookie, token) = await SignInAsync(server, key);
            var parts = row[0].Replace("OWN", "http://rondo").Replace("COOKIE", cookie).Replace("TOKEN", token)
                .Replace("KEY", key).Split(" ¦ ");
            var body = parts[^1].StartsWith('«') ? parts[^1][1..^1] : "";
            var headers = parts.Skip(1).Where(p => !p.StartsWith('«')).Select(h => h + "\r\n").ToList();
            if (!headers.Any(h => h.StartsWith("Content-Type:", StringComparison.Ordinal)))
            {
                headers.Add("Content-Type: application/x-www-form-urlencoded\r\n");
            }

            var answer = await RawHttp.SendAsync(
                server.Address,
                $"{parts[0]} HTTP/1.1\r\nHost: rondo\r\n{string.Concat(headers)}"
                    + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
            if ($"{answer.Status} {TypeOf(answer)}" is var seen && seen != $"{row[1]} {row[2]}")
            {
                wrong.Add($"{row[0]}: {seen}, not {row[1]} {row[2]}");
            }

            // Nothing that was refused takes or gives a cookie.
            if (answer.Status >= 400 && answer.Headers.ContainsKey("Set-Cookie"))
            {
                wrong.Add($"{row[0]}: {answer.Headers["Set-Cookie"]}");
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

        Assert.All(Document.Table("Bad situations"), row => Assert.Contains(row[2], tests));
    }

    private static string TypeOf(RawAnswer answer) => answer.Status < 400 ? "-"
        : answer.Body.StartsWith('{') ? JsonNode.Parse(answer.Body)!.Text("type").Replace("/problems/", "")
        : "none";

    private static async Task<(string Cookie, string Token)> SignInAsync(TestServer server, string key)
    {
        var answer = await RawHttp.SendAsync(
            server.Address,
            "POST /login HTTP/1.1\r\nHost: rondo\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + $"Content-Length: {key.Length + 4}\r\nConnection: close\r\n\r\nkey={key}");
        var cookies = SignedIn().Match(answer.Headers["Set-Cookie"]);
        return (cookies.Groups[1].Value, cookies.Groups[2].Value);
    }

    private static string Expand(string text, string key)
    {
        var prefix = ApiKey.TryParse(key)!.Prefix;
        var rest = key[(prefix.Length + 4)..];
        text = text
            .Replace("KEY", key)
            .Replace("PREFIX", prefix)
            .Replace("REST", rest)
            .Replace("WRONG", key[..20] + (key[20] == 'x' ? 'y' : 'x') + key[21..])
            .Replace("TYPO", key[..^1] + (key[^1] == 'x' ? 'y' : 'x'))
            .Replace("CASED", "ak_" + prefix + "_" + new string(
                [.. rest.Select(c => char.IsLower(c) ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c))]));
        text = text.Replace("X-API-" + key, "X-API-Key");
        text = Basic().Replace(text, m => Convert.ToBase64String(Encoding.ASCII.GetBytes(m.Groups[1].Value)));
        text = Repeated().Replace(text, m =>
            string.Concat(Enumerable.Repeat(m.Groups[1].Value, int.Parse(m.Groups[2].Value, null))));
        return Escaped().Replace(text, m => m.Groups[1].Value == "\\"
            ? "\\"
            : ((char)int.Parse(m.Groups[1].Value.AsSpan(1), NumberStyles.HexNumber, null)).ToString());
    }

    [GeneratedRegex("(rondo_session=[^;]+);.*rondo_csrf=([^;]+);")]
    private static partial Regex SignedIn();

    [GeneratedRegex(@"BASIC\(([^)]*)\)")]
    private static partial Regex Basic();

    [GeneratedRegex(@"\{([^{}*]+)\*(\d+)\}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\\(\\|u[0-9A-Fa-f]{4})")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"public (?:static )?(?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex TestName();
}
