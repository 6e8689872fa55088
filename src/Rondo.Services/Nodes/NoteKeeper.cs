using Npgsql;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Nodes;

/// <summary>
/// Keeps what this node knows of the leader's note fresh, and its own note while it leads: the certificate can change.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class NoteKeeper : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _ending = new();
    private readonly NodeNotes _notes;
    private readonly NodeState _state;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Task _running;
    private Own? _own;

    public NoteKeeper(NodeNotes notes, NodeState state, ILogger logger, TimeProvider time)
    {
        (_notes, _state, _logger, _time) = (notes, state, logger, time);
        _running = RunAsync();
    }

    /// <summary>This node is about to lead.</summary>
    /// <param name="term">The token of its lease.</param>
    /// <param name="certificates">What it shows; null without TLS.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public async Task TellAsync(long term, ServerCertificates? certificates, CancellationToken cancellation)
    {
        var own = new Own(term, certificates);
        await _notes.WriteAsync(_state.Holder, term, own.Shown, cancellation);
        Volatile.Write(ref _own, own);
    }

    /// <summary>This node leads no more.</summary>
    public void Forget() => Volatile.Write(ref _own, null);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_ending.IsCancellationRequested)
        {
            var changed = _state.Changed;
            try
            {
                if (Volatile.Read(ref _own) is not { } own)
                {
                    await _notes.ReadAsync(_ending.Token);
                }
                else if (own.Shown is var shown && shown != _notes.Leader?.Certificate)
                {
                    await _notes.WriteAsync(_state.Holder, own.Term, shown, _ending.Token);
                }
            }
            catch (Exception error) when (PostgresError.IsOfDatabase(error) || error is OperationCanceledException)
            {
                NodesLog.NotesUnread(_logger, error.Message);
            }

            await Task.WhenAny(changed, Task.Delay(s_interval, _time, _ending.Token));
        }
    }

    private sealed record Own(long Term, ServerCertificates? Certificates)
    {
        public string? Shown => Certificates is null
            ? null
            : LeaderCertificate.Fingerprint(Certificates.Current.TargetCertificate);
    }
}
