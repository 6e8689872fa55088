using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Rondo.Services.Registry.Client;

/// <summary>
/// Sends requests to services by name: a host without a dot, as in <c>http://printer/jobs</c>, becomes an instance that
/// takes calls; of two by chance and weight, the one with fewer calls of this handler. One that could not be connected
/// to is left alone for some seconds while others are there. The rest passes as it is.
/// </summary>
/// <param name="registry">Asked once for each name, and then kept up with by a long poll.</param>
/// <threadsafety>Every member from any thread.</threadsafety>
public sealed class ServiceNameHandler(RegistryClient registry) : DelegatingHandler
{
    private static readonly TimeSpan ShunTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Lazy<Task<Followed>>> _services = new();
    private readonly CancellationTokenSource _stop = new();

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">
    /// No instance takes calls, the registry cannot be reached, or what the instance did.
    /// </exception>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is not { IsAbsoluteUri: true, HostNameType: UriHostNameType.Dns } url
            || url.Host.Contains('.') || url.Host is "localhost")
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var service = await FindAsync(url.Host, cancellationToken);
        var place = service.Pick()
            ?? throw new HttpRequestException($"No instance of '{url.Host}' takes calls at present.");
        var root = place.Endpoint.Url;
        request.RequestUri = new Uri(
            root.GetLeftPart(UriPartial.Authority) + root.AbsolutePath.TrimEnd('/') + url.PathAndQuery);
        place.Begin();
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConnectionError)
        {
            // The registry learns of it only when its lease is over.
            place.Shun(registry.Options.Time.GetTimestamp());
            throw;
        }
        finally
        {
            place.End();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<Followed> FindAsync(string name, CancellationToken cancellation)
    {
        var found = _services.GetOrAdd(name, n => new Lazy<Task<Followed>>(() => StartAsync(n)));
        try
        {
            return await found.Value.WaitAsync(cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or RegistryException)
        {
            // The next call asks again.
            _services.TryRemove(new KeyValuePair<string, Lazy<Task<Followed>>>(name, found));
            throw error as HttpRequestException ?? new HttpRequestException(error.Message, error);
        }
    }

    private async Task<Followed> StartAsync(string name)
    {
        var stop = _stop.Token;
        var (instances, cursor) = await registry.LookupAsync(name, null, stop);
        var followed = new Followed(registry.Options.Time);
        followed.Set(instances);
        _ = FollowAsync(name, followed, cursor, stop);
        return followed;
    }

    // What was known counts while the registry cannot be reached.
    private async Task FollowAsync(string name, Followed followed, string cursor, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                (var instances, cursor) = await registry.LookupAsync(name, cursor, stop);
                followed.Set(instances);
            }
            catch (Exception error) when (error is HttpRequestException or RegistryException or IOException
                or OperationCanceledException or System.Text.Json.JsonException)
            {
                try
                {
                    await Task.Delay(registry.Options.Pause, registry.Options.Time, stop);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    /// <summary>The instances of a service, as far as is known.</summary>
    private sealed class Followed(TimeProvider time)
    {
        private Place[] _places = [];

        public void Set(IReadOnlyList<ServiceEndpoint> instances)
        {
            var before = _places.ToDictionary(p => p.Endpoint.Id);
            Volatile.Write(ref _places, [.. instances.Where(i => i.Weight > 0).Select(i =>
                before.TryGetValue(i.Id, out var place) ? place.With(i) : new Place(i, new Load()))]);
        }

        public Place? Pick()
        {
            var places = Volatile.Read(ref _places);
            if (Array.Exists(places, p => p.IsShunned(time)) && !Array.TrueForAll(places, p => p.IsShunned(time)))
            {
                places = Array.FindAll(places, p => !p.IsShunned(time));
            }

            if (places.Length < 2)
            {
                return places.FirstOrDefault();
            }

            var (one, other) = (AtRandom(places), AtRandom(places));
            return other.Burden < one.Burden ? other : one;
        }

        private static Place AtRandom(Place[] places)
        {
            var share = RandomNumberGenerator.GetInt32(places.Sum(p => p.Share));
            foreach (var place in places)
            {
                if ((share -= place.Share) < 0)
                {
                    return place;
                }
            }

            return places[^1];
        }
    }

    private sealed class Load
    {
        public int InFlight;

        public long Shunned;
    }

    private sealed class Place(ServiceEndpoint endpoint, Load load)
    {
        public ServiceEndpoint Endpoint { get; } = endpoint;

        // One that warns takes a quarter.
        public int Share { get; } = endpoint.Weight * (endpoint.State == "passing" ? 4 : 1);

        public double Burden => (Volatile.Read(ref load.InFlight) + 1.0) / Share;

        public Place With(ServiceEndpoint endpoint) => new(endpoint, load);

        public bool IsShunned(TimeProvider time) =>
            Volatile.Read(ref load.Shunned) is not 0 and var since && time.GetElapsedTime(since) < ShunTime;

        public void Shun(long now) => Volatile.Write(ref load.Shunned, now);

        public void Begin() => Interlocked.Increment(ref load.InFlight);

        public void End() => Interlocked.Decrement(ref load.InFlight);
    }
}
