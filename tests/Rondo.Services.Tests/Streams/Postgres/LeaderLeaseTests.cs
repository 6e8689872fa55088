using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>Nodes that want to lead. The subject is real time, the database's and that of the nodes.</summary>
public sealed class LeaderLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    // Nobody waits for it: what happens within Guard has another cause.
    private static readonly TimeSpan LongTerm = TimeSpan.FromMinutes(10);

    private readonly string _schema = PostgresCluster.NewSchema();
    private readonly List<LeaderLease> _leases = [];
    private PostgresCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await PostgresCluster.SharedAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in _leases)
        {
            await lease.DisposeAsync();
        }
    }

    [Fact]
    public async Task Take_ManyAtOnce_OneLeadsAndTheOthersKnowIt()
    {
        var leases = Enumerable.Range(1, 4).Select(i => Open($"n{i}", LongTerm)).ToList();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var taking = leases.Select(l => l.TakeAsync(enough.Token)).ToList();
        var first = await Task.WhenAny(taking).WaitAsync(Guard, Cancellation);
        var leader = leases[taking.IndexOf(first)];
        await UntilAsync(() => leases.All(l => l.LeaderAddress == leader.LeaderAddress));

        _ = Assert.Single(taking, t => t.IsCompleted);
        Assert.Equal(leader.Token, (await first).Token);
        Assert.Single(leases, l => l.IsHeld);
        Assert.All(leases, l => Assert.Equal(leader.Holder, l.Holder));
        Assert.Equal($"http://{leader.Holder}", leader.LeaderAddress);
        Assert.All(leases, l => Assert.Equal(l != leader, l.Lost.IsCancellationRequested));
        await Assert.ThrowsAsync<InvalidOperationException>(() => leader.TakeAsync(Cancellation));
        await enough.CancelAsync();
        foreach (var other in taking.Where(t => t != first))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        }
    }

    [Fact]
    public async Task GiveBack_AnotherWaits_TakesItWithoutTheTerm()
    {
        var (here, there) = (Open("here", LongTerm), Open("there", LongTerm));
        var tokens = new List<long> { (await here.TakeAsync(Cancellation)).Token };
        var lost = here.Lost;

        for (var i = 0; i < 3; i++)
        {
            var taking = there.TakeAsync(Cancellation);
            await UntilAsync(() => there.Holder == here.Holder);
            await here.GiveBackAsync();
            tokens.Add((await taking.WaitAsync(Guard, Cancellation)).Token);
            Assert.Equal((true, false), (there.IsHeld, here.IsHeld));
            (here, there) = (there, here);
        }

        Assert.True(lost.IsCancellationRequested);
        Assert.Equal(tokens.Order().Distinct(), tokens);
        Assert.Equal(tokens[^1], here.Token);
    }

    [Fact]
    public async Task Take_HolderHasGoneWithoutAWord_WaitsForTheTermAndTakesIt()
    {
        await using var proxy = new StallingProxy(_cluster.Port);
        var here = Open("here", TimeSpan.FromSeconds(4), proxy.Port);
        var there = Open("there", TimeSpan.FromSeconds(4));
        var token = (await here.TakeAsync(Cancellation)).Token;
        var taking = there.TakeAsync(Cancellation);

        // It goes on as long as it renews.
        await UntilAsync(async () => await LeftAsync() is < 3.2);
        await UntilAsync(async () => await LeftAsync() is > 3.5);
        Assert.False(taking.IsCompleted);
        Assert.True(here.IsHeld);
        proxy.Stall();
        var taken = await taking.WaitAsync(Guard, Cancellation);

        Assert.True(taken.Token > token);
        Assert.False(here.IsHeld);
        await UntilAsync(() => here.Lost.IsCancellationRequested);
        Assert.Null(here.Holder);
    }

    [Fact]
    public async Task IsHeld_RenewalsHang_EndsBeforeTheDatabaseLetsAnotherHaveIt()
    {
        await using var proxy = new StallingProxy(_cluster.Port);
        var here = Open("here", TimeSpan.FromSeconds(3), proxy.Port);
        await here.TakeAsync(Cancellation);
        proxy.Stall();

        // A moment at which it surely was held, however late this thread runs.
        var held = 0L;
        for (var asked = TimeProvider.System.GetTimestamp(); here.IsHeld; asked = TimeProvider.System.GetTimestamp())
        {
            held = asked;
            await Task.Delay(1, Cancellation);
        }

        // The term's end is later than what any of these questions tells; the quickest comes nearest.
        var ends = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            var asked = TimeProvider.System.GetTimestamp();
            ends.Add(TimeProvider.System.GetElapsedTime(held, asked) + TimeSpan.FromSeconds(await LeftAsync()));
        }

        Assert.True(ends.Max() > TimeSpan.Zero, $"It was held {-ends.Max()} after the database's term.");
        await UntilAsync(() => here.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Lost_RowWasTakenByForce_IsFoundOutByTheNextRenewal()
    {
        var here = Open("here", TimeSpan.FromSeconds(3));
        await here.TakeAsync(Cancellation);

        await _cluster.ScalarAsync(
            _schema, "UPDATE leases SET next = next + 1, holder = 'there', until = until + interval '1 hour'");

        await UntilAsync(() => here.Lost.IsCancellationRequested);
        Assert.False(here.IsHeld);
    }

    [Fact]
    public async Task Take_HolderIsWriting_WaitsForItsTransaction()
    {
        var (here, there) = (Open("here", LongTerm), Open("there", LongTerm));
        var fence = await here.TakeAsync(Cancellation);
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        fence.Check(connection);
        await here.GiveBackAsync();

        var taking = there.TakeAsync(Cancellation);
        await UntilAsync(async () => await _cluster.ScalarAsync(
            _schema,
            $"SELECT count(*) FROM pg_stat_activity WHERE {connection.ProcessID} = ANY (pg_blocking_pids(pid))") is > 0L);
        Assert.False(taking.IsCompleted);
        await PostgresSql.ExecuteAsync(
            connection, "INSERT INTO streams (name) VALUES ('before')", [], Cancellation);
        await transaction.CommitAsync(Cancellation);
        await taking.WaitAsync(Guard, Cancellation);

        Assert.Equal(1L, await _cluster.ScalarAsync(_schema, "SELECT count(*) FROM streams WHERE name = 'before'"));
    }

    [Fact]
    public async Task Check_TransactionBegunBeforeTheTakeover_IsRefused()
    {
        var (here, there) = (Open("here", LongTerm), Open("there", LongTerm));
        var fence = await here.TakeAsync(Cancellation);
        var refusals = 0;
        fence = fence with { Refused = () => refusals++ };
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await PostgresSql.ExecuteAsync(connection, "INSERT INTO streams (name) VALUES ('x')", [], Cancellation);

        // Whatever it believes: another has it.
        await here.GiveBackAsync();
        await there.TakeAsync(Cancellation);
        var refused = Assert.Throws<EventStoreException>(() => fence.Check(connection));
        await transaction.CommitAsync(Cancellation);

        Assert.Equal((EventStoreFailure.NotLeader, 1), (refused.Failure, refusals));
        Assert.Equal(0L, await _cluster.ScalarAsync(_schema, "SELECT count(*) FROM streams"));
    }

    [Fact]
    public async Task Check_SawTheRowBeforeTheTakeoverAndHoldsItAfter_IsRefused()
    {
        const string waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = ";
        var (here, there) = (Open("here", LongTerm), Open("there", LongTerm));
        var fence = await here.TakeAsync(Cancellation);

        // The check as it is, but stopped between looking and holding for as long as the test wants.
        await _cluster.ScalarAsync(_schema, """
            DO $do$ BEGIN EXECUTE format(
                'CREATE FUNCTION check_slowly(lease text, expected bigint) RETURNS void LANGUAGE plpgsql AS %L', (
                SELECT replace(prosrc, 'FOR KEY SHARE',
                    'AND (SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()))) IS NOT NULL FOR KEY SHARE')
                FROM pg_proc WHERE oid = 'check_leader'::regproc));
            END $do$
            """);
        await using var gate = await ConnectAsync();
        await PostgresSql.ExecuteAsync(gate, "SELECT pg_advisory_lock(hashtext(current_schema()))", [], Cancellation);
        await using var connection = await ConnectAsync();
        var checking = PostgresSql.ExecuteAsync(
            connection, "SELECT check_slowly($1, $2)", [fence.Name, fence.Token], Cancellation);
        await UntilAsync(async () => await _cluster.ScalarAsync(_schema, waiting + connection.ProcessID) is > 0L);

        await here.GiveBackAsync();
        await there.TakeAsync(Cancellation).WaitAsync(Guard, Cancellation);
        await PostgresSql.ExecuteAsync(gate, "SELECT pg_advisory_unlock_all()", [], Cancellation);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => checking.WaitAsync(Guard, Cancellation));
        Assert.Equal(LeaderFence.Refusal, refused.SqlState);
    }

    [Fact]
    public async Task Take_Cancelled_LeavesTheLeaseToOthers()
    {
        var (here, there, third) = (Open("here", LongTerm), Open("there", LongTerm), Open("third", LongTerm));
        await here.TakeAsync(Cancellation);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var taking = there.TakeAsync(enough.Token);
        await UntilAsync(() => there.Holder is not null);

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        await here.DisposeAsync();

        await third.TakeAsync(Cancellation).WaitAsync(Guard, Cancellation);
        Assert.True(third.IsHeld);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LeaderLease Open(string name, TimeSpan term, int? port = null)
    {
        var text = port is { } through ? _cluster.UrlOf(_schema, through) : _cluster.AddressOf(_schema);
        var lease = LeaderLease.Open(
            PostgresAddress.Parse(text, "test"), new LeaderCandidate(name, $"http://{name}"), term, TimeProvider.System,
            NullLogger.Instance);
        _leases.Add(lease);
        return lease;
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(_cluster.AddressOf(_schema) + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        return connection;
    }

    /// <summary>What is left of the term by the database's clock, in seconds.</summary>
    private async Task<double> LeftAsync() => (double)(await _cluster.ScalarAsync(
        _schema, "SELECT extract(epoch FROM until - clock_timestamp())::float8 FROM leases"))!;

    private static Task UntilAsync(Func<bool> isReached) => UntilAsync(() => Task.FromResult(isReached()));

    private static async Task UntilAsync(Func<Task<bool>> isReached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isReached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Guard);
            await Task.Delay(10, Cancellation);
        }
    }
}
