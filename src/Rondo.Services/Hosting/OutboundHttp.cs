using System.Net;

namespace Rondo.Services.Hosting;

/// <summary>
/// The one way out to other people's servers: a deadline for the whole exchange, a limit on the body, no redirects (an
/// answer that sends us elsewhere, perhaps to plain HTTP, is a failure to report, not a place to go), no cookies.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    private readonly HttpClient _client;
    private readonly HttpClient _publicClient;
    private readonly HttpClient _nearbyClient;
    private readonly TimeProvider _time;

    /// <summary>What every request calls itself.</summary>
    public static string Agent { get; } = "Rondo/" + ProductVersion.Text;

    public OutboundHttp(TimeProvider time)
    {
        _time = time;
        _client = Client(Handler());

        // A proxy would connect in our place, and to whatever it likes.
        var guarded = Handler();
        guarded.UseProxy = false;
        guarded.ConnectCallback = (connection, cancellation) =>
            PublicAddress.ConnectAsync(connection.DnsEndPoint, cancellation);
        _publicClient = Client(guarded);
        _nearbyClient = Client(NearbyHandler());
    }

    /// <summary>
    /// A client for services of this network that are asked all the time. Its handlers are its own; whoever has it
    /// disposes of it.
    /// </summary>
    /// <param name="deadline">For a whole exchange.</param>
    /// <param name="around">Handlers to put before the connection, the innermost first.</param>
    public static HttpClient Nearby(TimeSpan deadline, params IEnumerable<DelegatingHandler> around)
    {
        HttpMessageHandler handler = NearbyHandler();
        foreach (var outer in around)
        {
            outer.InnerHandler = handler;
            handler = outer;
        }

        var client = Client(handler);
        client.Timeout = deadline;
        return client;
    }

    /// <summary>
    /// Asks with a GET how a service of this network or another is. Gives the status alone; the body is not read, and a
    /// redirect is an answer like others.
    /// </summary>
    /// <exception cref="TimeoutException">No status within <paramref name="deadline"/>.</exception>
    /// <exception cref="HttpRequestException">No connection, no HTTP, or an address that no service is at.</exception>
    public async Task<int> ProbeAsync(Uri url, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await _nearbyClient.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)response.StatusCode;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"'{Name(url)}' did not answer within {deadline.TotalSeconds:0.###} s.");
        }
    }

    /// <summary>
    /// Whether a server answers at all: its status, whatever it is, and what its clock says. The body is not read.
    /// </summary>
    /// <exception cref="TimeoutException">No status within <paramref name="deadline"/>.</exception>
    /// <exception cref="HttpRequestException">No connection, or no HTTP.</exception>
    public async Task<(int Status, DateTimeOffset? Date)> LookAsync(
        Uri url, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, url);
            using var response = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return ((int)response.StatusCode, response.Headers.Date);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"'{Name(url)}' did not answer within {deadline.TotalSeconds:0.###} s.");
        }
    }

    /// <summary>Sends a POST; any answer but a 2xx fails. The answer's body is not read.</summary>
    /// <param name="request">With its content.</param>
    /// <param name="isAnyAddress">Whether private networks and this machine may be called.</param>
    /// <param name="deadline">For the whole exchange.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="TimeoutException">The exchange took longer than <paramref name="deadline"/>.</exception>
    /// <exception cref="HttpRequestException">No connection, a private address, or another status.</exception>
    public async Task PostAsync(
        HttpRequestMessage request, bool isAnyAddress, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var response = await (isAnyAddress ? _client : _publicClient).SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new HttpRequestException(
                    $"'{Name(request.RequestUri!)}' answered {(int)response.StatusCode}.", null, response.StatusCode);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"'{Name(request.RequestUri!)}' did not answer within {deadline.TotalSeconds:0.###} s.");
        }
    }

    /// <summary>
    /// Sends a GET and reads the body whole. A 304 answers without a body; any other status than 200
    /// fails.
    /// </summary>
    /// <exception cref="TimeoutException">The exchange took longer than <paramref name="deadline"/>.</exception>
    /// <exception cref="HttpRequestException">
    /// No connection, another status, or a body that is broken or above <paramref name="maxBytes"/>.
    /// </exception>
    public async Task<Answer> GetAsync(
        Uri url, Validators known, TimeSpan deadline, int maxBytes, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await GetAsync(request, known, deadline, maxBytes, cancellation);
    }

    /// <summary>The same for a request with headers of its own.</summary>
    /// <exception cref="TimeoutException">As above.</exception>
    /// <exception cref="HttpRequestException">As above.</exception>
    public async Task<Answer> GetAsync(
        HttpRequestMessage request, Validators known, TimeSpan deadline, int maxBytes, CancellationToken cancellation)
    {
        var url = request.RequestUri!;
        using var limit = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            known.Apply(request);
            using var response = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode == HttpStatusCode.NotModified)
            {
                return new Answer(null, known) { Expires = response.Content.Headers.Expires };
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                var target = response.Headers.Location is not null ? " with a redirect, which is not followed" : "";
                throw new RefusedException(
                    $"'{Name(url)}' answered {(int)response.StatusCode}{target}.", response.StatusCode)
                {
                    RetryAfter = RetryAfter(response),
                };
            }

            var body = await ReadAsync(response, url, maxBytes, either.Token);
            return new Answer(body, Validators.Of(response)) { Expires = response.Content.Headers.Expires };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"'{Name(url)}' did not answer completely within {deadline.TotalSeconds:0.###} s.");
        }
    }

    /// <summary>
    /// An address as logs and /currency/status may show it: servers take keys in the query, proxies in front of them a
    /// name and a password.
    /// </summary>
    public static string Name(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public void Dispose()
    {
        _client.Dispose();
        _publicClient.Dispose();
        _nearbyClient.Dispose();
    }

    private static SocketsHttpHandler NearbyHandler()
    {
        var nearby = Handler();
        nearby.UseProxy = false;
        nearby.ConnectCallback = (connection, cancellation) =>
            PublicAddress.ConnectNearbyAsync(connection.DnsEndPoint, cancellation);
        return nearby;
    }

    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
    };

    private static HttpClient Client(HttpMessageHandler handler)
    {
#pragma warning disable RS0030 // The one place that makes clients.
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.UserAgent.ParseAdd(Agent);
        return client;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } header ? null
        : header.Delta ?? (header.Date is { } date && date > _time.GetUtcNow() ? date - _time.GetUtcNow() : TimeSpan.Zero);

    private static async Task<byte[]> ReadAsync(
        HttpResponseMessage response, Uri url, int maxBytes, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        try
        {
            return await BoundedStream.ReadAllAsync(stream, maxBytes, cancellation)
                ?? throw new HttpRequestException($"'{Name(url)}' sent more than {maxBytes / 1024 / 1024} MB.");
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            // What gzip and deflate throw, and what Brotli throws.
            throw new HttpRequestException($"'{Name(url)}' sent a body that does not unpack.", error);
        }
    }

    /// <summary>The body, or null when the server says that it has not changed.</summary>
    internal readonly record struct Answer(byte[]? Body, Validators Validators)
    {
        /// <summary>Until when the server asks not to be asked again.</summary>
        public DateTimeOffset? Expires { get; init; }
    }

    /// <summary>What the last answer said about itself, for a conditional request (RFC 9110 section 13).</summary>
    internal readonly record struct Validators(string? ETag, DateTimeOffset? LastModified)
    {
        public static Validators Of(HttpResponseMessage response) =>
            new(response.Headers.ETag?.ToString(), response.Content.Headers.LastModified);

        public void Apply(HttpRequestMessage request)
        {
            if (ETag is not null)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", ETag);
            }

            request.Headers.IfModifiedSince = LastModified;
        }
    }
}
