using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Demo;

/// <summary>Replays docs/services/demo.md. Its subject is partly real time: each request waits for a second.</summary>
public sealed partial class DemoEndpointsTests
{
    private static readonly ServerOptions WithDemo = new() { Offline = true, Demo = true };

    [Fact]
    public async Task Document_Replayed_GivesTheAnswersShown()
    {
        await using var server = await TestServer.StartAsync(options: WithDemo);
        var examples = Example().Matches(Repository.Read("docs/services/demo.md"));

        // All at once: most of them wait.
        var answers = await Task.WhenAll(examples.Select(async example =>
        {
            var (response, body) = await server.GetAsync(example.Groups["path"].Value);
            var type = response.Content.Headers.ContentType!.ToString();
            return $"{(int)response.StatusCode} {type}\n\n{(type.Contains("json") ? Summary(body) : body.TrimEnd())}";
        }));

        Assert.True(examples.Count >= 10);
        Assert.Equal(examples.Select(e => e.Groups["answer"].Value), answers);
    }

    [Fact]
    public async Task Work_WithoutMode_IsExactlyTheTalksText()
    {
        await using var server = await TestServer.StartAsync(options: WithDemo);

        Assert.Equal("Howdy!\r\n", (await server.GetAsync("/work")).Body);
    }

    [Fact]
    public async Task Work_Sync_TakesASecondForEach()
    {
        await using var server = await TestServer.StartAsync(options: WithDemo);
        var started = Stopwatch.GetTimestamp();

        await Task.WhenAll(server.GetAsync("/work?mode=sync"), server.GetAsync("/work?mode=sync"));

        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(1.9));
    }

    [Theory]
    [InlineData("/hello/Ada")]
    [InlineData("/work")]
    public async Task Route_WithoutDemo_DoesNotExist(string path)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(404, (int)(await server.GetAsync(path)).Response.StatusCode);
    }

    [Fact]
    public async Task Hello_Setting_TurnsItOn()
    {
        await using var server = await TestServer.StartAsync(settings: """{"Demo": true}""");

        Assert.Equal("Hello, Zoë", (await server.GetAsync("/hello/Zo%C3%AB")).Body);
    }

    private static string Summary(string problem)
    {
        var json = JsonNode.Parse(problem)!;
        return $"{json["type"]}: {json["detail"]}";
    }

    [GeneratedRegex(
        "^```http\nGET (?<path>[^\n]+)\n\n(?<answer>.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Example();
}
