using System.Text.Json.Nodes;
using Rondo.Services.Board;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

/// <summary>Replays docs/services/board.md and compares its lists with the code.</summary>
public sealed class BoardDocumentTests
{
    private static readonly ServiceDocument Document = new("board");

    [Fact]
    public async Task Example_Replayed_GivesTheAnswerShown()
    {
        await using var server = await TestServer.StartAsync("Date,USD\n2026-11-20,1.22\n", new ManualTime(TestServer.Friday));
        var example = Assert.Single(Document.Examples);

        var (response, body) = await server.SendAsync(example.Method, example.Path, null, example.Headers);
        var answer = JsonNode.Parse(body)!.AsObject();
        answer.Remove("zone");
        answer.Remove("services");

        Assert.Equal(
            $"{example.Status} {example.ContentType}",
            $"{(int)response.StatusCode} {response.Content.Headers.ContentType}");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(example.Body), answer), answer.ToJsonString());
    }

    [Fact]
    public void Tiles_OfTheDocument_AreThoseOfTheBoard() =>
        Assert.Equal(BoardTile.Names, Document.Table("What is shown").Select(row => row[0]));

    [Fact]
    public async Task BadInput_EveryRow_IsAnsweredAsWritten()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var row in Document.Table("Bad input"))
        {
            var parts = row[0].Split(' ');

            Assert.Equal($"{row[0]}: {row[1]} {row[2]}", $"{row[0]}: {await server.VerdictAsync(parts[0], parts[1], null)}");
        }
    }
}
