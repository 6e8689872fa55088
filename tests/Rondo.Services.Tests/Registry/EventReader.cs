using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

/// <summary>Reads server-sent events one after the other.</summary>
internal sealed class EventReader(HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    internal sealed record Told(string Type, string Id, JsonNode Data);

    public static async Task<EventReader> OpenAsync(TestServer server, string path, string? after = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var response = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        return new EventReader(response, new StreamReader(body));
    }

    public async Task<Told> NextAsync()
    {
        var (type, id, data) = ("", "", "");
        while (true)
        {
            var line = await lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Guard);
            switch (line?.Split(": ", 2))
            {
                case null:
                    throw new InvalidOperationException("The server has ended the events.");
                case ["event", var value]:
                    type = value;
                    break;
                case ["id", var value]:
                    id = value;
                    break;
                case ["data", var value]:
                    data = value;
                    break;
                case [""] when data.Length > 0:
                    return new Told(type, id, JsonNode.Parse(data)!);
                default:
                    break;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        response.Dispose();
        return default;
    }
}
