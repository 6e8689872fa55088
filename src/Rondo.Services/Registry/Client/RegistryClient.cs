using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Services.Registry.Client;

/// <summary>Registers with a registry, looks services up, and follows what changes.</summary>
/// <param name="http">
/// With the registry as its base address; stays the caller's. Its timeout must be longer than 55 s.
/// </param>
/// <param name="options">How to behave.</param>
/// <threadsafety>
/// Every member from any thread. Continuations run where the caller awaits: on an event loop, on that loop.
/// </threadsafety>
public sealed class RegistryClient(HttpClient http, RegistryClientOptions? options = null)
{
    private const string Wait = "50s";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal RegistryClientOptions Options { get; } = options ?? new RegistryClientOptions();

    /// <summary>Registers an instance and keeps its lease alive until what is returned is disposed of.</summary>
    /// <param name="registration">What to register.</param>
    /// <param name="cancellation">Gives the registration up; a lease that is there goes on.</param>
    /// <exception cref="RegistryException">The registry refuses it.</exception>
    /// <exception cref="HttpRequestException">The registry cannot be reached.</exception>
    public async Task<ServiceLease> RegisterAsync(
        ServiceRegistration registration, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        return new ServiceLease(this, registration, await GrantAsync(registration, null, cancellation));
    }

    /// <summary>The instances of a service that take calls, by id; none when nobody offers it.</summary>
    /// <exception cref="RegistryException">The registry refuses to tell.</exception>
    /// <exception cref="HttpRequestException">The registry cannot be reached.</exception>
    public async Task<IReadOnlyList<ServiceEndpoint>> LookupAsync(
        string name, CancellationToken cancellation = default) =>
        (await LookupAsync(name, null, cancellation)).Instances;

    /// <summary>
    /// The whole state, then every change once and in order; over cuts and restarts of the registry, too.
    /// </summary>
    /// <param name="service">The service to follow; null for all.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RegistryException">The registry refuses to tell.</exception>
    public async IAsyncEnumerable<RegistryChange> WatchAsync(
        string? service = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var path = "registry/watch" + (service is null ? "" : "?service=" + Uri.EscapeDataString(service));
        string? last = null;
        while (true)
        {
            using var body = await OpenAsync(path, last, cancellation);
            if (body is not null)
            {
                var parser = SseParser.Create(body, Parse);
                await using var changes = parser.EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
                while (await HasNextAsync(changes))
                {
                    last = parser.LastEventId;
                    yield return changes.Current.Data;
                }
            }

            await Task.Delay(Options.Pause, Options.Time, cancellation);
        }
    }

    internal async Task<(IReadOnlyList<ServiceEndpoint> Instances, string Cursor)> LookupAsync(
        string name, string? after, CancellationToken cancellation)
    {
        var query = after is null ? "" : $"?wait={Wait}&index={after}";
        using var response = await SendAsync(
            HttpMethod.Get, $"registry/services/{Uri.EscapeDataString(name)}{query}", null, null, cancellation);

        // 410 carries the state, too; and where nobody is, others may come.
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Gone or HttpStatusCode.NotFound))
        {
            throw await RefusalAsync(response, cancellation);
        }

        if (!response.Headers.TryGetValues("X-Registry-Index", out var index)
            || !response.Headers.TryGetValues("X-Registry-Epoch", out var epoch))
        {
            throw new HttpRequestException($"'{response.RequestMessage?.RequestUri?.Authority}' is no registry.");
        }

        var state = response.StatusCode is HttpStatusCode.NotFound ? new State([])
            : await response.Content.ReadFromJsonAsync<State>(Json, cancellation);
        return (state?.Instances ?? [], $"{epoch.Single()}-{index.Single()}");
    }

    internal async Task<string> GrantAsync(
        ServiceRegistration registration, string? token, CancellationToken cancellation)
    {
        using var response = await SendAsync(
            HttpMethod.Put,
            PathOf(registration),
            token,
            JsonContent.Create(registration, mediaType: null, Json),
            cancellation);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<Grant>(Json, cancellation))!.LeaseToken
            : throw await RefusalAsync(response, cancellation);
    }

    /// <summary>Does something with an instance; false when the registry does not know it.</summary>
    internal async Task<bool> HoldAsync(
        HttpMethod method, ServiceRegistration registration, string what, string token, object? body,
        CancellationToken cancellation)
    {
        using var response = await SendAsync(
            method, PathOf(registration) + what, token,
            body is null ? null : JsonContent.Create(body, mediaType: null, Json), cancellation);
        return response.IsSuccessStatusCode || (response.StatusCode is HttpStatusCode.NotFound
            ? false
            : throw await RefusalAsync(response, cancellation));
    }

    private static string PathOf(ServiceRegistration registration) =>
        $"registry/services/{Uri.EscapeDataString(registration.Name)}"
            + $"/instances/{Uri.EscapeDataString(registration.Id)}";

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? token, HttpContent? content, CancellationToken cancellation,
        string? after = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        if (Options.Key is { } key)
        {
            request.Headers.Add("X-API-Key", key);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Lease", token);
        }

        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var isStream = path.StartsWith("registry/watch", StringComparison.Ordinal);
        return http.SendAsync(
            request,
            isStream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead,
            cancellation);
    }

    private static async Task<RegistryException> RefusalAsync(
        HttpResponseMessage response, CancellationToken cancellation)
    {
        Refusal? refusal = null;
        try
        {
            refusal = await response.Content.ReadFromJsonAsync<Refusal>(Json, cancellation);
        }
        catch (JsonException)
        {
            // Somebody else's answer, such as a proxy's.
        }

        return new RegistryException(
            response.StatusCode,
            refusal?.Type?.Replace("/problems/", "", StringComparison.Ordinal) ?? "",
            refusal?.Detail ?? $"The registry answered {(int)response.StatusCode}.");
    }

    private async Task<Stream?> OpenAsync(string path, string? after, CancellationToken cancellation)
    {
        try
        {
            var response = await SendAsync(HttpMethod.Get, path, null, null, cancellation, after);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                using (response)
                {
                    throw await RefusalAsync(response, cancellation);
                }
            }

            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadAsStreamAsync(cancellation);
            }

            response.Dispose();
        }
        catch (HttpRequestException)
        {
            // Not there at present; it is asked again.
        }

        return null;
    }

    private static async Task<bool> HasNextAsync<T>(IAsyncEnumerator<T> changes)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            // The next connection goes on where this one was.
            return false;
        }
    }

    private static RegistryChange Parse(string type, ReadOnlySpan<byte> data) => type == "reset"
        ? new RegistryChange(RegistryChangeKind.Reset, JsonSerializer.Deserialize<State>(data, Json)!.Instances)
        : new RegistryChange(
            type switch
            {
                "instance-up" => RegistryChangeKind.Up,
                "instance-down" => RegistryChangeKind.Down,
                _ => RegistryChangeKind.Changed,
            },
            [JsonSerializer.Deserialize<ServiceEndpoint>(data, Json)!]);

    private sealed record State(IReadOnlyList<ServiceEndpoint> Instances);

    private sealed record Grant(string LeaseToken);

    private sealed record Refusal(string? Type, string? Detail);
}
