using Rondo.Services.Auth;
using Rondo.Services.Chat;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Noise;
using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Hosting;

/// <summary>
/// What tables promise on every engine. A writer waits two seconds of real time for another process: the lock is that
/// one's.
/// </summary>
public abstract class DatabaseTests
{
    private const string Numbers = "CREATE TABLE numbers (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID";

    [Fact]
    public void Write_OpenedByAnother_IsThere()
    {
        var time = new ManualTime(TestServer.Friday);
        ApiKey key;
        string session, hook;
        using (var here = Open())
        {
            using var keys = Keys(here, time);
            key = keys.Add(
                new KeySettings("reader", "me", ScopeSet.Stored(["weather:read"]))
                {
                    Rate = new KeyRate(10, TimeSpan.FromSeconds(0.1)),
                    Quota = long.MaxValue,
                    Origins = ["https://example.org"],
                },
                AuditActor.Terminal).Text;
            session = new Sessions(here, keys, time).Begin(keys.All[0].Secrets[0], TimeSpan.FromDays(1))!.Value.Text;
            var rates = new RateBook(new RateStore(here), [], time);
            rates.Add([TestRates.Day("2026-11-20", "USD=1.22")]);
            rates.SetOverride(new RateOverride(TestRates.Known("JPY"), 200.5m, TestRates.Date("2026-11-01"), null));
            rates.Confirm(RateOrigin.Ecb);
            new WeatherStore(here).SavePlace(new WeatherPlace("shed", "Shed", 48.1m, 11.5m, "Europe/Berlin"));
            Assert.Equal(3, new WeatherStore(here).ReserveCalls("x", TestRates.Date("2026-11-20"), 3));
            hook = new HookStore(here).PutIncoming("lobby", "bot");
            new HookStore(here).PutOutgoing("lobby", "out", "https://example.org/", "1");
            new NoiseHookStore(here).Put("siren", "https://example.org/", "1");
        }

        using var there = Open();
        using var sameKeys = Keys(there, time);
        var hash = new byte[KeyPepper.HashBytes];
        sameKeys.Pepper.Hash(key.Text, hash);
        var entry = sameKeys.Find(key.Prefix)!;
        Assert.Equal(hash, entry.Secret.Hash);
        Assert.Equal((new KeyRate(10, TimeSpan.FromSeconds(0.1)), long.MaxValue), (entry.Key.Settings.Rate, entry.Key.Settings.Quota));
        Assert.Equal(["https://example.org"], entry.Key.Settings.Origins);
        Assert.Equal(key.Prefix, new Sessions(there, sameKeys, time).Find(session)!.Prefix);
        Assert.Equal("auth.key.create", Assert.Single(new AuditOutbox(there).Waiting()).Entry.Action);
        var store = new RateStore(there);
        var book = new RateBook(store, [], time);
        Assert.Equal("USD=1.22", TestRates.Text(Assert.Single(store.LoadDays())));
        Assert.Equal(200.5m, Assert.Single(book.Current.Overrides).Rate);
        Assert.Equal(TestServer.Friday, book.Current.Confirmed[RateOrigin.Ecb]);
        Assert.Equal((2, 2L), (book.Notices.Count, book.Current.Sequence));
        Assert.Equal("Shed", Assert.Single(new WeatherStore(there).LoadPlaces()).Name);
        Assert.Equal(5, new WeatherStore(there).ReserveCalls("x", TestRates.Date("2026-11-20"), 2));
        Assert.Equal("bot", new HookStore(there).Find(hook)!.Name);
        Assert.Equal("out", Assert.Single(new HookStore(there).Outgoing).Name);
        Assert.Equal("siren", Assert.Single(new NoiseHookStore(there).All).Name);
    }

    [Fact]
    public void Write_WorkFails_StoresNothing()
    {
        using var database = OpenNumbers();

        Assert.Throws<InvalidOperationException>(() => database.Write<int>(session =>
        {
            session.Execute("INSERT INTO numbers VALUES ('a', 1)");
            throw new InvalidOperationException();
        }));

        Assert.Empty(NumbersIn(database));
        Assert.Equal(1, database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 1)")));
    }

    [Fact]
    public void Write_BreaksARule_IsRefusedForGood()
    {
        using var database = OpenNumbers();
        database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 1)"));

        var refused = Assert.Throws<DatabaseException>(() => database.Write(session =>
        {
            session.Execute("INSERT INTO numbers VALUES ('b', 2)");
            return session.Execute("INSERT INTO numbers VALUES ('a', 1)");
        }));

        Assert.Equal((DatabaseFailure.Refused, false), (refused.Failure, refused.IsPassing));
        Assert.Equal(["a"], NumbersIn(database));
    }

    [Fact]
    public void ExecuteMany_ThousandsOfRows_AreStoredAndReadInTheOrderOfCodePoints()
    {
        using var database = OpenNumbers();
        var rows = Enumerable.Range(0, 2500).Select(i => new object[] { $"row {i:0000}", (long)i }).ToList();

        database.Write(session =>
        {
            session.ExecuteMany("INSERT INTO numbers VALUES (@name, @number)", ["@name", "@number"], rows);
            session.ExecuteMany(
                "INSERT INTO numbers VALUES (@name, 0)", ["@name"], [["ä"], ["a"], ["B"], ["b-1"], ["b1"], ["b 1"]]);
            return true;
        });

        Assert.Equal(["B", "a", "b 1", "b-1", "b1", .. rows.Select(r => (string)r[0]), "ä"], NumbersIn(database));
    }

    [Fact]
    public async Task Write_AnotherHoldsItForLong_IsBusyAndGoesOnAfterwards()
    {
        using var database = OpenNumbers();
        await using (await HoldAsync())
        {
            var busy = Assert.Throws<DatabaseException>(() =>
                database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 1)")));

            Assert.Equal((DatabaseFailure.Busy, true), (busy.Failure, busy.IsPassing));
            Assert.Empty(NumbersIn(database));
        }

        Assert.Equal(1, database.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 1)")));
    }

    [Fact]
    public void Write_TwoAtOnce_ComeOneAfterTheOther()
    {
        using var here = OpenNumbers();
        using var there = Open();
        here.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 0)"));

        Parallel.For(0, 100, i => (i % 2 == 0 ? here : there).Write(session =>
        {
            var number = Convert.ToInt64(session.Scalar("SELECT number FROM numbers"));
            return session.Execute("UPDATE numbers SET number = @number", ("@number", number + 1));
        }));

        Assert.Equal([100L], here.Read("SELECT number FROM numbers", row => row.GetInt64(0)));
    }

    [Fact]
    public void Version_ChangesByOthersAlone()
    {
        using var here = OpenNumbers();
        using var there = Open();
        var version = here.Version();

        here.Write(session => session.Execute("INSERT INTO numbers VALUES ('a', 1)"));
        Assert.Equal(version, here.Version());

        there.Write(session => session.Execute("INSERT INTO numbers VALUES ('b', 1)"));
        Assert.NotEqual(version, here.Version());

        version = here.Version();
        there.Write(session => session.Execute("INSERT INTO numbers VALUES ('c', 1)"));
        here.Write(session => session.Execute("INSERT INTO numbers VALUES ('d', 1)"));
        Assert.NotEqual(version, here.Version());
    }

    [Fact]
    public void Read_AfterItsEnd_IsAPassingFailure()
    {
        var database = OpenNumbers();
        database.Dispose();

        Assert.True(Assert.Throws<DatabaseException>(() => database.Version()).IsPassing);
    }

    [Fact]
    public void Migrate_ByTwo_RunsEachStepOnce()
    {
        using var here = OpenNumbers();
        using var there = Open();

        there.Migrate("test", Numbers, "INSERT INTO numbers VALUES ('step', 2)");
        here.Migrate("test", Numbers, "INSERT INTO numbers VALUES ('step', 2)");

        Assert.Equal(["step"], NumbersIn(here));
    }

    [Fact]
    public void Migrate_StepFails_LeavesTheTablesAsTheyWere()
    {
        using var database = OpenNumbers();

        Assert.Throws<DatabaseException>(() => database.Migrate(
            "test", Numbers, "INSERT INTO numbers VALUES ('step', 2)", "INSERT INTO nothing VALUES (1)"));

        Assert.Empty(NumbersIn(database));
        database.Migrate("test", Numbers, "INSERT INTO numbers VALUES ('step', 2)");
        Assert.Equal(["step"], NumbersIn(database));
    }

    [Fact]
    public void Migrate_TablesOfANewerRondo_AreRefused()
    {
        using var newer = OpenNumbers();
        newer.Migrate("test", Numbers, "INSERT INTO numbers VALUES ('step', 2)");
        using var older = Open();

        var refused = Assert.Throws<StartException>(() => older.Migrate("test", Numbers));

        Assert.Equal(
            older.Name + " is of a newer Rondo: its tables of 'test' are of version 2, and this one knows 1. "
                + "Use the newer Rondo.",
            refused.Message);
        Assert.Equal(new Dictionary<string, int> { ["test"] = 2 }, older.Versions());
    }

    [Fact]
    public void OpenAt_AnOlderVersion_StopsThereAndGoesOnLater()
    {
        using (var older = OpenAt(new Dictionary<string, int> { ["test"] = 1 }))
        {
            older.Migrate("test", Numbers, "ALTER TABLE numbers ADD other INTEGER");
            Assert.Equal(1, older.Versions()["test"]);
        }

        using var database = Open();
        database.Migrate("test", Numbers, "ALTER TABLE numbers ADD other INTEGER");
        Assert.Equal([("numbers", "name"), ("numbers", "number"), ("numbers", "other")], database.Columns());
    }

    [Fact]
    public void Keep_ByTwo_IsTheSameSecret()
    {
        using var here = Open();
        using var there = Open();

        var (made, _) = here.Keep("x.secret", () => [1, 2, 3]);
        var (found, place) = there.Keep("x.secret", () => [4, 5, 6]);

        Assert.Equal([1, 2, 3], made);
        Assert.Equal([1, 2, 3], found);
        Assert.Contains("x.secret", place);
    }

    [Fact]
    public void OpenForReading_NothingThere_IsNoneAndMakesNone()
    {
        Assert.Null(OpenForReading());
        Assert.Null(OpenForReading());
    }

    [Fact]
    public void OpenForReading_BesideAWriter_SeesWhatIsWritten()
    {
        using var writer = Open();
        var store = new RateStore(writer);
        using var reader = OpenForReading()!;

        store.Save([TestRates.Day("2026-11-20", "USD=1.22")], new RateNotice("k", []), 1);

        Assert.Equal("USD=1.22", TestRates.Text(Assert.Single(new RateStore(reader).LoadDays())));
    }

    /// <summary>As another process: the same tables each time.</summary>
    private protected abstract Database Open();

    private protected abstract Database? OpenForReading();

    /// <summary>Where nothing is yet.</summary>
    private protected abstract Database OpenAt(IReadOnlyDictionary<string, int> versions);

    /// <summary>Another process is in the middle of writing until this is disposed of.</summary>
    private protected abstract Task<IAsyncDisposable> HoldAsync();

    private protected Database OpenNumbers()
    {
        var database = Open();
        database.Migrate("test", Numbers);
        return database;
    }

    private protected static List<string> NumbersIn(Database database) =>
        database.Read("SELECT name FROM numbers ORDER BY name", row => row.GetString(0));

    private static KeyStore Keys(Database database, TimeProvider time) =>
        new(database, KeyPepper.Open(database), new AuditOutbox(database), time);
}
