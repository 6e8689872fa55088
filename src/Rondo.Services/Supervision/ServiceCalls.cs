using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;

namespace Rondo.Services.Supervision;

/// <summary>Asks services that run elsewhere, found by name in the registry of this process.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class ServiceCalls(ServiceRegistry registry, ServiceKeys keys) : IDisposable
{
    private const int MostBytes = 4 * 1024 * 1024;
    private const string KeyField = "X-API-Key";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = OutboundHttp.Nearby(Deadline);

    /// <summary>What a service says with 200.</summary>
    /// <param name="service">By name.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="HttpRequestException">
    /// Nobody takes calls, the connection failed, or it says something else.
    /// </exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public async Task<JsonDocument> GetAsync(string service, string target, CancellationToken cancellation)
    {
        var (status, answer) = await SendAsync(HttpMethod.Get, service, target, null, cancellation);
        if (status != StatusCodes.Status200OK)
        {
            answer?.Dispose();
            throw new HttpRequestException($"'{service}' answered {status}.");
        }

        return answer!;
    }

    /// <summary>What a service says of something that is to be done.</summary>
    /// <param name="method">How.</param>
    /// <param name="service">By name.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="HttpRequestException">Nobody takes calls, or the connection failed.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    /// <exception cref="JsonException">The answer has a body that is no JSON.</exception>
    public async Task<(int Status, JsonDocument? Answer)> SendAsync(
        HttpMethod method, string service, string target, byte[]? body, CancellationToken cancellation)
    {
        var instance = registry.Current?.Find(service) is { } found ? InstancePicker.Pick(found, default) : null;
        if (instance is null)
        {
            throw new HttpRequestException($"No instance of '{service}' takes calls at present.");
        }

        using var request = new HttpRequestMessage(method, instance.Registration.Url.TrimEnd('/') + target);
        request.Headers.Accept.ParseAdd(MediaType.Json);
        if (keys.OfThisProcess is { } key)
        {
            request.Headers.Add(KeyField, key);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new(MediaType.Json) } };
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var bytes = await BoundedStream.ReadAllAsync(stream, MostBytes, cancellation)
            ?? throw new HttpRequestException($"'{service}' answered more than {MostBytes} bytes.");
        return ((int)response.StatusCode, bytes.Length == 0 ? null : JsonDocument.Parse(bytes));
    }

    /// <summary>Whether that is how a service fails that is not there, or says what nobody understands.</summary>
    public static bool IsSilence(Exception error) =>
        error is HttpRequestException or OperationCanceledException or IOException or JsonException
            or InvalidOperationException or FormatException or KeyNotFoundException;

    public void Dispose() => _http.Dispose();
}
