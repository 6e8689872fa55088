using System.Net;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Announcements;

/// <summary>Speaks in the rooms of a chat behind a gateway; while that is away, tries again for a while.</summary>
/// <param name="gateway">Where the gateway is, known once the server listens.</param>
/// <param name="key">The text of a key that may post; null while there is none.</param>
/// <param name="time">What pauses are measured with.</param>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RemoteSpeaker(Func<Uri> gateway, Func<string?> key, TimeProvider time) : ISpeaker, IDisposable
{
    private const int MostTries = 8;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = OutboundHttp.Nearby(Deadline);

    public async Task SayAsync(string room, string text, string? key, CancellationToken cancellation)
    {
        // An answer can be lost: what is sent again has the same name.
        var body = StreamJson.Object(json =>
        {
            json.WriteString("text", text);
            json.WriteString("client_id", key ?? Guid.NewGuid().ToString("N"));
        });
        var pause = Pause;
        for (var tries = 1; ; tries++)
        {
            var failure = await TryAsync(room, body, cancellation);
            if (failure is null)
            {
                return;
            }

            if (tries == MostTries)
            {
                throw new IOException($"The chat takes nothing: {failure}");
            }

            await Task.Delay(pause, time, cancellation);
            pause *= 2;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Why it may be tried again; null when it is done, or will never be.</summary>
    private async Task<string?> TryAsync(string room, byte[] body, CancellationToken cancellation)
    {
        if (key() is not { } text)
        {
            return "there is no key yet";
        }

        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(gateway(), $"/chat/rooms/{Uri.EscapeDataString(room)}/messages"))
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new(MediaType.Json) } },
            };
            request.Headers.Add("X-API-Key", text);
            using var response = await _http.SendAsync(request, cancellation);
            return response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotFound
                ? null
                : $"it answered {(int)response.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or IOException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return error.Message;
        }
    }
}
