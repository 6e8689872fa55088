using System.Net;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams;

public sealed class StreamQuotaTests
{
    [Fact]
    public async Task MostBytes_Reached_NothingMoreIsStored()
    {
        await using var server = await TestServer.StartAsync(
            settings: """{"Streams":{"MostBytes":65536},"Chat":{"Burst":1000}}""");
        var answers = new List<HttpStatusCode>();
        while (answers.LastOrDefault() is not HttpStatusCode.InsufficientStorage && answers.Count < 100)
        {
            var (response, _) = await server.SendAsync(
                "POST", "/chat/rooms/lobby/messages", new StringContent(new string('x', 4000)));
            answers.Add(response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Created, answers[0]);
        Assert.Equal(HttpStatusCode.InsufficientStorage, answers[^1]);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("64 KB")]
    public async Task MostBytes_Unusable_IsSaidAtTheStart(string bytes)
    {
        var refused = await Assert.ThrowsAsync<StartException>(
            () => TestServer.StartAsync(settings: $$$"""{"Streams":{"MostBytes":"{{{bytes}}}"}}"""));

        Assert.Contains($"not '{bytes}'", refused.Message);
    }
}
