using Rondo.Services.Hosting;

namespace Rondo.Services.Noise.Mqtt;

/// <summary>Publishes the levels while the settings name a broker, and anew when they change.</summary>
/// <threadsafety>From any thread.</threadsafety>
internal sealed class MqttWorker(
    LiveOptions<MqttOptions> options,
    NoiseBook book,
    NoiseLoop loop,
    IConfiguration configuration,
    Random random,
    ILogger<MqttWorker> logger)
    : IHostedService, IAsyncDisposable
{
    private MqttRun? _run;
    private Task _changes = Task.CompletedTask;
    private bool _isStopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        options.Changed += Change;
        return loop.AskAsync(ApplyAsync);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        options.Changed -= Change;
        return loop.AskAsync(() =>
        {
            _isStopping = true;
            return ApplyAsync();
        });
    }

    /// <summary>Nothing is left after <see cref="StopAsync"/>.</summary>
    public ValueTask DisposeAsync() => _run?.DisposeAsync() ?? default;

    private void Change() => loop.Post(() => _ = ApplyAsync());

    // One after the other.
    private async Task<bool> ApplyAsync()
    {
        var before = _changes;
        _changes = ReplaceAsync(before);
        await _changes;
        return true;
    }

    private async Task ReplaceAsync(Task before)
    {
        await before;
        if (_run is { } run)
        {
            _run = null;
            await run.DisposeAsync();
        }

        if (!_isStopping && options.Current is { Address: not null } current)
        {
            _run = new MqttRun(
                loop.Loop, current, configuration[MqttOptions.PasswordName], book, random, logger);
        }
    }
}
