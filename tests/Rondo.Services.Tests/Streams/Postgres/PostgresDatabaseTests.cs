using Npgsql;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

/// <summary>Tables in PostgreSQL: the contract, and what becomes of connections that end.</summary>
public sealed class PostgresDatabaseTests : DatabaseTests, IAsyncLifetime
{
    private const string CutOff = "SELECT pg_terminate_backend(pg_backend_pid())";

    private readonly string _schema = PostgresCluster.NewSchema();
    private PostgresCluster _cluster = null!;

    private PostgresAddress Address => PostgresAddress.Parse(_cluster.AddressOf(_schema), "test");

    public async ValueTask InitializeAsync() => _cluster = await PostgresCluster.SharedAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Tables_BesideTheStreams_AreOthers()
    {
        await using var store = PostgresEventStore.Open(
            Address, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using var database = Open();
        Rondo.Services.Auth.KeyTable.Prepare(database);

        Assert.Equal(2L, await _cluster.ScalarAsync(
            _schema, $"SELECT count(*) FROM pg_tables WHERE tablename = 'keys' AND schemaname LIKE '{_schema}%'"));
        Assert.Empty(database.Read("SELECT id FROM keys", row => row.GetString(0)));
    }

    [Fact]
    public void Write_CutOffInTheMiddle_StoresNothingAndGoesOn()
    {
        using var database = OpenNumbers();

        var gone = Assert.Throws<DatabaseException>(() => database.Write(session =>
        {
            session.Execute("INSERT INTO numbers VALUES ('a', 1)");
            return session.Execute(CutOff);
        }));

        Assert.Equal((DatabaseFailure.Unavailable, true), (gone.Failure, gone.IsPassing));
        Assert.Contains("Nothing was stored", gone.Message);
        Again(() => database.Write(session => session.Execute("INSERT INTO numbers VALUES ('b', 1)")));
        Assert.Equal(["b"], NumbersIn(database));
    }

    [Fact]
    public async Task Write_CutOffWhileNobodySpoke_IsNotNoticed()
    {
        using var database = OpenNumbers();
        var process = database.Read("SELECT pg_backend_pid()", row => row.GetInt32(0))[0];
        Assert.Equal(true, await _cluster.ScalarAsync(_schema, $"SELECT pg_terminate_backend({process}, 30000)"));

        Assert.Equal(1, database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 1)")));
    }

    [Fact]
    public void Write_CutOffByItsCommit_IsKnownNotToBeStored()
    {
        using var database = OpenNumbers();
        database.Write(session => session.Execute("""
            CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON numbers DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION cut()
            """));

        var gone = Assert.Throws<DatabaseException>(
            () => database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 1)")));

        Assert.Equal(DatabaseFailure.Unavailable, gone.Failure);
        Again(() => database.Write(session => session.Execute("DROP TRIGGER cut ON numbers")));
        Assert.Empty(NumbersIn(database));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_AnswerToItsCommitIsLost_TheDatabaseIsAsked(bool isReachable)
    {
        await using var link = new CutLink(_cluster.Port);
        var address = PostgresAddress.Parse(_cluster.UrlOf(_schema, link.Port), "test");
        using var database = PostgresDatabase.Open(address);
        database.Migrate("test", "CREATE TABLE numbers (name TEXT PRIMARY KEY)");

        // With its end: there is the level READ COMMITTED, too.
        link.CutAfter("COMMIT\0", isForGood: !isReachable);
        if (isReachable)
        {
            Assert.Equal(1, database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a')")));
        }
        else
        {
            var doubt = Assert.Throws<DatabaseException>(
                () => database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a')")));
            Assert.Equal(DatabaseFailure.Unknown, doubt.Failure);
            Assert.Contains("may have", doubt.Message);
        }

        Assert.Equal(1L, await _cluster.ScalarAsync(_schema, $"SELECT count(*) FROM {_schema}_tables.numbers"));
    }

    [Fact]
    public async Task Write_AnotherLeads_StoresNothing()
    {
        var told = 0;
        await LeadAsync(token: 7);
        using var database = PostgresDatabase.Open(Address, new LeaderFence("leader", 7) { Refused = () => told++ });
        database.Migrate("test", "CREATE TABLE numbers (name TEXT PRIMARY KEY)");
        await _cluster.ScalarAsync(_schema, "UPDATE leases SET next = 8");

        var refused = Assert.Throws<DatabaseException>(
            () => database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a')")));

        Assert.Equal(DatabaseFailure.NotLeader, refused.Failure);
        Assert.Empty(NumbersIn(database));
        Assert.Equal(1, told);
        using var tool = PostgresDatabase.OpenExisting(Address)!;
        tool.Write(session => session.Execute("INSERT INTO numbers VALUES ('b')"));
        Assert.Equal(["b"], NumbersIn(database));
    }

    [Fact]
    public async Task Write_FenceRefusesWhileAnotherWrites_IsRefusedWithoutWaiting()
    {
        await LeadAsync(token: 8);
        using var database = PostgresDatabase.Open(Address, new LeaderFence("leader", 7));
        await using var held = await HoldAsync();

        var refused = Assert.Throws<DatabaseException>(() => database.Write(session => session.Execute("SELECT 1")));

        Assert.Equal(DatabaseFailure.NotLeader, refused.Failure);
    }

    [Fact]
    public void Open_ManyAtOnce_MakeTheTablesOnce()
    {
        Parallel.For(0, 8, _ =>
        {
            using var database = Open();
            Rondo.Services.Auth.KeyTable.Prepare(database);
        });

        using var opened = OpenForReading();
        Assert.Equal([2], opened!.Read("SELECT version FROM schema_versions", row => row.GetInt32(0)));
    }

    // Statements of requests are cut off after five seconds.
    [Fact]
    public void Migrate_TakesLong_IsDoneOnceAndWaitedFor()
    {
        const string step = "SELECT pg_sleep(5.5); CREATE TABLE numbers (name TEXT PRIMARY KEY)";

        Parallel.For(0, 2, _ =>
        {
            using var database = Open();
            database.Migrate("test", step);
        });

        using var opened = Open();
        Assert.Empty(NumbersIn(opened));
    }

    private protected override Database Open() => PostgresDatabase.Open(Address);

    private protected override Database? OpenForReading() => PostgresDatabase.OpenForReading(Address);

    private protected override Database OpenAt(IReadOnlyDictionary<string, int> versions) =>
        PostgresDatabase.OpenAt(Address, versions)!;

    private protected override async Task<IAsyncDisposable> HoldAsync()
    {
        var other = new NpgsqlConnection(_cluster.AddressOf(_schema + "_tables") + ";Pooling=false");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("BEGIN; UPDATE writes SET count = count + 1", other);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return other;
    }

    private async Task LeadAsync(long token)
    {
        await using (var connection = new NpgsqlConnection(_cluster.AddressOf(_schema) + ";Pooling=false"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            PostgresSchema.Prepare(connection, Address);
        }

        await _cluster.ScalarAsync(
            _schema, $"INSERT INTO leases (name, token, next, until) VALUES ('leader', {token}, {token}, 'infinity')");
    }

    // For a second after a failure nobody asks.
    private static void Again(Action write)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                write();
                return;
            }
            catch (DatabaseException) when (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
            {
                // Still within it.
            }
        }
    }
}
