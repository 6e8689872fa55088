using System.Threading.Channels;
using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Tells the other nodes which streams have new events. It does so after the commit and on a connection of its own: a
/// NOTIFY inside a transaction takes a lock that all commits of the database share. What is lost here, the others find
/// by looking every second.
/// </summary>
internal sealed class ChangeNotifier : IAsyncDisposable
{
    /// <summary>Stands for every stream.</summary>
    public const string All = "*";

    // A payload has at most 8,000 bytes.
    private const int MostCharacters = 7000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _changed = [];
    private readonly NpgsqlDataSource _source;
    private readonly string _channel;
    private readonly string _node;
    private readonly Task _running;

    /// <param name="source">Gives a connection whose commits need not be durable.</param>
    /// <param name="channel">The name that all nodes listen to.</param>
    /// <param name="node">What this node leaves out when it listens.</param>
    public ChangeNotifier(NpgsqlDataSource source, string channel, string node)
    {
        (_source, _channel, _node) = (source, channel, node);
        _running = RunAsync();
    }

    public void Add(IEnumerable<string> streams)
    {
        using (_gate.EnterScope())
        {
            _changed.UnionWith(streams);
        }

        _wake.Writer.TryWrite(true);
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
        try
        {
            while (true)
            {
                await _wake.Reader.ReadAsync(_closing.Token);
                await TrySendAsync(Take());
                await Task.Delay(Pause, TimeProvider.System, _closing.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TrySendAsync(string payload)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(_closing.Token);
            await PostgresSql.ExecuteAsync(
                connection, "SELECT pg_notify($1, $2)", [_channel, payload], _closing.Token);
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            // The next appends say what is wrong with the database.
        }
    }

    private string Take()
    {
        using var scope = _gate.EnterScope();
        var payload = $"{_node} {string.Join(' ', _changed)}";
        _changed.Clear();
        return payload.Length <= MostCharacters ? payload : $"{_node} {All}";
    }
}
