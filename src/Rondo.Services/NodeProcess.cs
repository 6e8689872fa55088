using System.Runtime.InteropServices;
using Npgsql;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Nodes;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services;

/// <summary>
/// A process that shares its database with others: a follower until it has the lease, then the full server, and a
/// follower again when it loses it. One server follows the other on the same addresses, and the next one is ready
/// before the one before leaves them.
/// </summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const int MostFailures = 3;

    // For what a follower is at when it ends, and a leader: whatever is longer is cut off, and its client resumes. A
    // follower that begins to lead has as long as it holds requests, from when it answers: it is slow at first.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    // Who follows learns from the first answer meanwhile that nothing is taken any more, and sends nothing that would
    // be cut off with the connections.
    private static readonly TimeSpan s_notice = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly PostgresAddress _database;
    private readonly TextWriter _output;
    private readonly TimeProvider _time = TimeProvider.System;
    private ServerOptions _options;
    private DataFolder? _folder;
    private NodeParts? _parts;
    private LeaderLease? _lease;
    private NoteKeeper? _keeper;
    private ILogger _logger = null!;
    private WebApplication? _follower;
    private ServerDoor _followerDoor = null!;
    private Task _followerEnd = Task.CompletedTask;
    private CancellationTokenSource _followerLimit = new();
    private bool _isWelcomed;
    private bool _hasLed;
    private int _failures;

    public NodeProcess(ServerOptions options, PostgresAddress database, TextWriter output) =>
        (_options, _database, _output) = (options, database, output);

    private NodeState State => _parts!.State;

    /// <summary>Until a signal asks it to end.</summary>
    /// <exception cref="StartException">It cannot start, or cannot lead although it has the lease.</exception>
    public async Task RunAsync()
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, Stop));
        }

        _folder = DataFolder.Open(DataFolder.Resolve(_options.DataFolder));
        await StartFollowerAsync();
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                var taking = _lease!.TakeAsync(_stopping.Token);
                await WelcomeAsync(taking);
                await LeadAsync(await taking);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Asked to end while another leads.
        }

        await EndFollowerAsync();
        _followerLimit.CancelAfter(s_lastWords);
        await _followerEnd;
    }

    public async ValueTask DisposeAsync()
    {
        _signals.ForEach(s => s.Dispose());
        if (_follower is not null)
        {
            await _follower.DisposeAsync();
        }

        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
        }

        if (_lease is not null)
        {
            await _lease.DisposeAsync();
        }

        if (_parts is not null)
        {
            await _parts.Notes.DisposeAsync();
            _parts.State.Dispose();
        }

        _folder?.Dispose();
        _stopping.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _ = _stopping.CancelAsync();
    }

    private async Task StartFollowerAsync()
    {
        var isFirst = _parts is null;
        _followerDoor = new ServerDoor(() => Task.CompletedTask);
        var follower = RondoServer.BuildFollower(_options, _folder!, _followerDoor, MakeParts);
        _follower = follower;
        _logger = follower.Services.GetRequiredService<ILogger<NodeState>>();
        if (isFirst)
        {
            await OpenDatabaseAsync(follower);

            // What is wrong with the settings is told now, and not when this node is needed.
            await using (RondoServer.Build(
                _options, node: ServerOf(new ServerDoor(() => Task.CompletedTask), fence: null)))
            {
            }
        }

        await RondoServer.StartAsync(follower);
        if (isFirst)
        {
            _options = _options with { Urls = Fixed(follower.Configuration["urls"]!, follower.Addresses()) };
            State.Address = _parts!.Options.Address
                ?? NodeAddress.Find(follower.Addresses(), _database.Host, _database.Port);
            if (State.Address.IsLoopback && !_database.IsHere)
            {
                NodesLog.LoopbackAddress(_logger, State.Address);
            }

            _lease = LeaderLease.Open(
                _database, new LeaderCandidate(State.Holder, State.Address.GetLeftPart(UriPartial.Authority)),
                _parts.Options.Lease, _time, _logger);
            _lease.Changed = Follow;
        }
    }

    private RondoServer.NodeServer ServerOf(ServerDoor door, LeaderFence? fence) =>
        new(_folder!, _parts!, door, _database, fence);

    private NodeParts MakeParts(IConfiguration configuration)
    {
        if (_parts is null)
        {
            var options = NodeOptions.Read(configuration, _options.NodeAddress);
            _parts = new NodeParts(
                options, new NodeState(options.Name), new NodeNotes(_database), new NodeProof(_time));
        }

        return _parts;
    }

    private async Task OpenDatabaseAsync(WebApplication follower)
    {
        try
        {
            await using var source = _database.ForWriting();
            await using (var connection = await source.OpenConnectionAsync(_stopping.Token))
            {
                PostgresSchema.Prepare(connection, _database);
            }

            _parts!.Proof.Secret = await _parts.Notes.SecretAsync(_stopping.Token);
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            throw PostgresError.Refuse(error, _database.Name);
        }

        _keeper = new NoteKeeper(
            _parts.Notes, State, follower.Services.GetRequiredService<ILogger<NodeNotes>>(), _time);
    }

    // A port that was free the first time is kept for the servers that follow.
    private static string Fixed(string urls, IReadOnlyList<string> listened)
    {
        var asked = urls.Split(';', StringSplitOptions.RemoveEmptyEntries);
        return asked.Length != listened.Count ? urls : string.Join(';', asked.Select((url, n) =>
        {
            var address = BindingAddress.Parse(url);
            return address.IsUnixPipe || address.IsNamedPipe || address.Port != 0 ? url : listened[n];
        }));
    }

    private void Follow()
    {
        if (_lease is { IsHeld: false } lease && State.Role is NodeRole.Follower)
        {
            State.Follow(lease.Holder, lease.LeaderAddress is { } address ? new Uri(address) : null);
        }
    }

    private async Task LeadAsync(LeaderFence fence)
    {
        var (lost, began) = (_lease!.Lost, _time.GetTimestamp());
        State.TakeOver();
        var door = new ServerDoor(EndFollowerAsync);
        WebApplication? leader = null;
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(lost, _stopping.Token);
            leader = RondoServer.Build(_options, node: ServerOf(door, fence));
            await _keeper!.TellAsync(fence.Token, leader.Services.GetService<ServerCertificates>(), ending.Token);
            await using (ending.Token.UnsafeRegister(
                static app => ((WebApplication)app!).Lifetime.StopApplication(), leader))
            {
                await RondoServer.StartAsync(leader);
            }

            State.Lead();
            _followerLimit.CancelAfter(_parts!.Options.Hold);
            NodesLog.Answers(_logger, _time.GetElapsedTime(began).TotalSeconds);
            _failures = 0;
            await WelcomeAsync(leader);
            await UntilAsync(ending.Token, leader.Lifetime.ApplicationStopping);
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested && IsPassing(error, lost))
        {
            NodesLog.CannotLead(_logger, error.Message);
        }

        if (leader?.Lifetime.ApplicationStopping.IsCancellationRequested is true && !lost.IsCancellationRequested)
        {
            // A part of it has failed: as without other nodes, the process ends.
            await _stopping.CancelAsync();
        }

        if (State.Role is NodeRole.Leader && _stopping.IsCancellationRequested)
        {
            State.Leave();
            await Task.Delay(s_notice, _time, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await EndLeaderAsync(leader, door, isLost: lost.IsCancellationRequested);
    }

    // The lease was lost meanwhile, or the database was; whatever else there is fails again, and is told then.
    private bool IsPassing(Exception error, CancellationToken lost) =>
        lost.IsCancellationRequested
        || (error is StartException or EventStoreException or DatabaseException or NpgsqlException or TimeoutException
            && ++_failures < MostFailures);

    private static async Task UntilAsync(params CancellationToken[] tokens)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registrations = tokens.Select(t => t.UnsafeRegister(_ => ended.TrySetResult(), null)).ToList();
        await ended.Task;
        registrations.ForEach(r => r.Dispose());
    }

    private async Task EndLeaderAsync(WebApplication? leader, ServerDoor door, bool isLost)
    {
        _keeper!.Forget();
        var ending = leader is null
            ? Task.CompletedTask
            : EndAsync(leader, new CancellationTokenSource(isLost ? TimeSpan.Zero : s_lastWords));
        if (!isLost)
        {
            // Another one leads only after all of this has ended.
            await ending;
            await _lease!.GiveBackAsync();
        }

        if (_stopping.IsCancellationRequested)
        {
            await ending;
            return;
        }

        await Task.WhenAny(door.Closed, ending);
        _followerLimit.CancelAfter(s_lastWords);
        await _followerEnd;
        State.Follow(null, null);
        if (_follower is null)
        {
            await StartFollowerAsync();
        }

        Follow();
        if (isLost)
        {
            NodesLog.SteppedDown(_logger);
        }

        await ending;
        if (_failures > 0)
        {
            await Task.Delay(s_rest, _time, _stopping.Token);
        }
    }

    // Called by the leader's server when it is about to listen.
    private async Task EndFollowerAsync()
    {
        if (_follower is { } follower)
        {
            _follower = null;
            _followerLimit = new CancellationTokenSource();
            _followerEnd = EndAsync(follower, _followerLimit);
            await Task.WhenAny(_followerDoor.Closed, _followerEnd);
        }
    }

    // Until then it finishes what it is at.
    private static async Task EndAsync(WebApplication server, CancellationTokenSource limit)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await server.StopAsync(limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or AggregateException)
        {
            // What did not end in time is ended now.
        }

        await server.DisposeAsync();
    }

    // Once, when it is clear what this node is at first.
    private async Task WelcomeAsync(Task<LeaderFence> taking)
    {
        if (_isWelcomed)
        {
            return;
        }

        // One that is free is had by the second look.
        await Task.WhenAny(taking, Task.Delay(s_rest, _time, _stopping.Token));
        if (!taking.IsCompleted && _follower is { } follower)
        {
            _isWelcomed = true;
            await Welcome.WriteFollowerAsync(follower, _output);
        }
    }

    private async Task WelcomeAsync(WebApplication leader)
    {
        if (!_isWelcomed || !_hasLed)
        {
            await Welcome.WriteAsync(leader, _options.Service, _output, _options.OutputIsTerminal);
        }

        (_isWelcomed, _hasLed) = (true, true);
    }
}
