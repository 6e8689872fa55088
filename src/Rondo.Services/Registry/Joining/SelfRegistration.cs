using System.Security.Cryptography;
using Rondo.Services.Registry.Client;

namespace Rondo.Services.Registry.Joining;

/// <summary>
/// Registers the one service of this process in the registry of another, and keeps trying while that cannot be
/// reached: the service serves meanwhile. Before it stops it takes no new calls, and then leaves.
/// </summary>
internal sealed class SelfRegistration(
    RegistryLink link, OwnServices own, OwnAddress address, TimeProvider time, ILogger<SelfRegistration> logger)
    : IHostedLifecycleService, IDisposable
{
    private const string Check = "/readyz";
    private const string IdCharacters = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    // A registry that is gone must not keep the process.
    private static readonly TimeSpan PartingTime = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private ServiceLease? _lease;

    /// <summary>By which this process is registered: another after each start, whose lease is its own.</summary>
    public string Id { get; } = string.Concat(
        Environment.MachineName.ToLowerInvariant().Where(c => IdCharacters.Contains(c) || c == '-').Take(40))
        + "-" + RandomNumberGenerator.GetString(IdCharacters, IdLength);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The server listens: its address is known.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync(own.All[0], _stop.Token);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running;
        if (_lease is { } lease)
        {
            await PartAsync(lease.DrainAsync(DrainTime, cancellationToken));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_lease is { } lease)
        {
            await PartAsync(lease.DisposeAsync().AsTask());
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(OwnService service, CancellationToken stop)
    {
        var registration = new ServiceRegistration(service.Name, Id, address.Url)
        {
            Routes = service.Routes,
            CheckPath = Check,
        };
        try
        {
            await RegisterAsync(registration, stop);
            await WatchAsync(_lease!, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task RegisterAsync(ServiceRegistration registration, CancellationToken stop)
    {
        var (pause, told) = (FirstPause, "");
        while (true)
        {
            try
            {
                _lease = await link.Client.RegisterAsync(registration, stop);
                RegistryLog.Registered(logger, registration.Name, Id, registration.Url, link.Url);
                return;
            }
            catch (Exception error) when (IsPassing(error) && !stop.IsCancellationRequested)
            {
                told = Tell(error, told);
            }

            await Task.Delay(pause, time, stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // The lease renews itself; what is wrong with that is told once.
    private async Task WatchAsync(ServiceLease lease, CancellationToken stop)
    {
        var told = "";
        while (true)
        {
            await Task.Delay(LookEvery, time, stop);
            if (lease.LastFailure is { } failure)
            {
                told = Tell(failure, told);
            }
            else if (told.Length > 0)
            {
                RegistryLog.LeaseRenewed(logger, link.Url);
                told = "";
            }
        }
    }

    // Once for each kind of failure, however often it comes.
    private string Tell(Exception error, string told)
    {
        if (error is not RegistryException refused)
        {
            if (told != nameof(HttpRequestException))
            {
                RegistryLog.RegistryUnreachable(
                    logger, link.Url, error is OperationCanceledException ? "no answer in time" : error.Message);
            }

            return nameof(HttpRequestException);
        }

        if (told != refused.Message)
        {
            RegistryLog.RegistrationRefused(logger, link.Url, refused.Message);
        }

        return refused.Message;
    }

    private async Task PartAsync(Task parting)
    {
        try
        {
            await parting.WaitAsync(PartingTime, time);
        }
        catch (Exception error) when (IsPassing(error) || error is TimeoutException)
        {
            // The lease runs out by itself.
        }
    }

    private static bool IsPassing(Exception error) =>
        error is HttpRequestException or RegistryException or IOException or OperationCanceledException
            or System.Text.Json.JsonException;
}
