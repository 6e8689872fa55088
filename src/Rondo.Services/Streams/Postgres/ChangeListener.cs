using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>Hears from the other nodes which streams have new events, and connects again when it was cut off.</summary>
internal sealed class ChangeListener : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _closing = new();
    private readonly NpgsqlDataSource _source;
    private readonly string _channel;
    private readonly string _node;
    private readonly TailReader _tails;
    private readonly Task _running;

    /// <param name="source">Gives the connection.</param>
    /// <param name="channel">What to listen to.</param>
    /// <param name="node">Whose words are left out: this node's.</param>
    /// <param name="tails">Reads what has come.</param>
    public ChangeListener(NpgsqlDataSource source, string channel, string node, TailReader tails)
    {
        (_source, _channel, _node, _tails) = (source, channel, node, tails);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await ListenAsync();
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (PostgresError.IsOfDatabase(error))
            {
                await Task.Delay(Pause, TimeProvider.System, _closing.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync()
    {
        await using var connection = await _source.OpenConnectionAsync(_closing.Token);
        connection.Notification += (_, told) => Hear(told.Payload);
        await PostgresSql.ExecuteAsync(connection, $"LISTEN \"{_channel}\"", [], _closing.Token);

        // What was said before is lost.
        _tails.LookAtAll();
        while (true)
        {
            await connection.WaitAsync(_closing.Token);
        }
    }

    private void Hear(string payload)
    {
        if (payload.Split(' ') is not [var node, .. var streams] || node == _node)
        {
            return;
        }

        if (streams is [ChangeNotifier.All])
        {
            _tails.LookAtAll();
        }
        else
        {
            Array.ForEach(streams, _tails.Look);
        }
    }
}
