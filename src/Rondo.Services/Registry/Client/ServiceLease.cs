namespace Rondo.Services.Registry.Client;

/// <summary>
/// A registration that keeps itself alive: it renews the lease at a third of its term, and registers again when the
/// registry does not know it any more. While the registry cannot be reached it tries again, with pauses that grow up
/// to that third. Disposing ends it.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
public sealed class ServiceLease : IAsyncDisposable
{
    private readonly RegistryClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private string _token;
    private bool _isEnded;
    private int _isDisposed;

    internal ServiceLease(RegistryClient client, ServiceRegistration registration, string token)
    {
        (_client, Registration, _token) = (client, registration, token);
        _beating = BeatAsync();
    }

    /// <summary>What was registered.</summary>
    public ServiceRegistration Registration { get; }

    /// <summary>Why the last heartbeat failed; null while all is well.</summary>
    public Exception? LastFailure { get; private set; }

    /// <summary>Tells how the instance is.</summary>
    /// <param name="status"><c>starting</c>, <c>passing</c>, <c>warning</c> or <c>critical</c>.</param>
    /// <param name="note">Why, at most 512 characters.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="RegistryException">The registry refuses it.</exception>
    /// <exception cref="HttpRequestException">The registry cannot be reached.</exception>
    public async Task ReportAsync(string status, string note = "", CancellationToken cancellation = default)
    {
        if (!await HoldAsync("/heartbeat", new { status, note }, cancellation))
        {
            await RenewAsync(cancellation);
            await HoldAsync("/heartbeat", new { status, note }, cancellation);
        }
    }

    /// <summary>Takes no new calls from now on; the registry removes the instance when the time is over.</summary>
    /// <param name="deadline">How long what was begun may take, up to 24 h.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="RegistryException">The registry refuses it.</exception>
    /// <exception cref="HttpRequestException">The registry cannot be reached.</exception>
    public Task DrainAsync(TimeSpan deadline, CancellationToken cancellation = default)
    {
        _isEnded = true;
        return HoldAsync($"/drain?deadline={(long)deadline.TotalMilliseconds}ms", null, cancellation);
    }

    /// <summary>
    /// Stops the heartbeats and deregisters; where the registry cannot be reached, the lease runs out.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync();
        await _beating;
        try
        {
            await _client.HoldAsync(
                HttpMethod.Delete, Registration, "?if_exists=1", _token, null, CancellationToken.None);
        }
        catch (Exception error) when (IsPassing(error))
        {
            // Nobody is there to hear it: the lease runs out.
        }

        _stop.Dispose();
    }

    // What another attempt may mend.
    private static bool IsPassing(Exception error) =>
        error is HttpRequestException or RegistryException or IOException or TaskCanceledException;

    private Task<bool> HoldAsync(string what, object? body, CancellationToken cancellation) =>
        _client.HoldAsync(HttpMethod.Post, Registration, what, _token, body, cancellation);

    private async Task BeatAsync()
    {
        var stop = _stop.Token;
        var (pause, wait) = (Registration.Ttl / 3, _client.Options.Pause);
        try
        {
            while (true)
            {
                await Task.Delay(pause, _client.Options.Time, stop);
                try
                {
                    if (!await HoldAsync("/heartbeat", null, stop) && !_isEnded)
                    {
                        await RenewAsync(stop);
                    }

                    (LastFailure, pause, wait) = (null, Registration.Ttl / 3, _client.Options.Pause);
                }
                catch (Exception error) when (IsPassing(error) && !stop.IsCancellationRequested)
                {
                    // A registry that comes back is not to be met by everybody at once, and no lease lost to the wait.
                    (LastFailure, pause) = (error, wait);
                    wait = wait * 2 < Registration.Ttl / 3 ? wait * 2 : wait;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed of.
        }
    }

    private async Task RenewAsync(CancellationToken cancellation) =>
        _token = await _client.GrantAsync(Registration, null, cancellation);
}
