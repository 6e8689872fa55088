using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Currency.Http;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Http;

/// <summary>Replays the examples of docs/services/streams.md. An epoch is random: the document shows one.</summary>
public sealed class StreamsDocumentTests
{
    private const string ShownEpoch = "9c41d2a7305be86f";

    [Fact]
    public async Task Examples_Replayed_GiveTheAnswersShown()
    {
        await using var server = await CurrencyDocument.StartServerAsync();
        var epoch = StreamCursor.Format(server.Services.GetRequiredService<IEventStore>().Epoch);
        var examples = new ServiceDocument("streams").Examples.ToList();
        foreach (var example in examples)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, example.Path);
            Assert.All(example.Headers, h => Assert.True(
                request.Headers.TryAddWithoutValidation(h[..h.IndexOf(':')], h[(h.IndexOf(':') + 2)..])));
            using var response = await server.Client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

            Assert.Equal((HttpStatusCode)example.Status, response.StatusCode);
            Assert.Equal(example.ContentType, response.Content.Headers.ContentType!.ToString());
            await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            if (example.ContentType == "text/event-stream")
            {
                var shown = example.Body + "\n\n";
                var bytes = new byte[Encoding.UTF8.GetByteCount(shown)];
                await body.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
                Assert.Equal(shown, Encoding.UTF8.GetString(bytes).Replace(epoch, ShownEpoch));
            }
            else
            {
                using var text = new StreamReader(body);
                var answer = (await text.ReadToEndAsync(TestContext.Current.CancellationToken)).Replace(epoch, ShownEpoch);
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(example.Body), JsonNode.Parse(answer)), answer);
            }
        }

        Assert.True(examples.Count >= 5);
    }
}
