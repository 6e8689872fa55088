using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

public sealed class DatabaseTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string FilePath => DataFolder.DatabasePathIn(_folder.Path);

    [Fact]
    public void Open_NoDatabase_AdvisesToMoveItAway()
    {
        _folder.Write("rondo.db", new string('x', 10_000));

        AssertAdvice(Assert.Throws<StartException>(() => Database.Open(FilePath)));
    }

    [Fact]
    public void Migrate_TablesOfANewerVersion_IsRefused()
    {
        using (var newer = Database.Open(FilePath))
        {
            newer.Migrate("room", "CREATE TABLE a (x INTEGER)", "CREATE TABLE b (x INTEGER)");
        }

        using var database = Database.Open(FilePath);
        var refused = Assert.Throws<StartException>(() => database.Migrate("room", "CREATE TABLE a (x INTEGER)"));

        Assert.Equal(
            $"The database '{FilePath}' is of a newer Rondo: its tables of 'room' are of version 2, and this one knows 1. "
                + "Use the newer Rondo.",
            refused.Message);
        Assert.Equal(new Dictionary<string, int> { ["room"] = 2 }, database.Versions());
    }

    [Fact]
    public void OpenAt_AnOlderVersion_StopsThereAndGoesOnLater()
    {
        using (var older = Database.OpenAt(FilePath, new Dictionary<string, int> { ["room"] = 1 }))
        {
            older.Migrate("room", "CREATE TABLE a (x INTEGER)", "ALTER TABLE a ADD y INTEGER");
            Assert.Equal(1, older.Versions()["room"]);
        }

        using var database = Database.Open(FilePath);
        database.Migrate("room", "CREATE TABLE a (x INTEGER)", "ALTER TABLE a ADD y INTEGER");
        Assert.Empty(database.Read("SELECT y FROM a", row => row.GetInt64(0)));
    }

    [Theory]
    [InlineData(100, 4_096)]
    [InlineData(4_096, 1_000_000)]
    public void Read_DamagedDatabase_AdvisesToMoveItAway(int from, int to)
    {
        var days = Enumerable.Range(0, 500).Select(TestRates.Date("2025-01-01").AddDays)
            .Select(d => new RateDay(d, RateOrigin.Ecb, [new EuroRate(TestRates.Known("USD"), 1.2m)]));
        using (var database = Database.Open(FilePath))
        {
            new RateStore(database).Save([.. days], new RateNotice("k", []), 1);
        }

        var content = File.ReadAllBytes(FilePath);
        content.AsSpan(from..Math.Min(to, content.Length)).Fill(0xA5);
        File.WriteAllBytes(FilePath, content);

        AssertAdvice(Assert.Throws<StartException>(() =>
        {
            using var database = Database.Open(FilePath);
            new RateStore(database).LoadDays();
        }));
    }

    [Fact]
    public void OpenForReading_NoFile_IsNoneAndMakesNone()
    {
        Assert.Null(Database.OpenForReading(FilePath));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void OpenForReading_BesideAWriter_SeesWhatIsWritten()
    {
        using var writer = Database.Open(FilePath);
        var store = new RateStore(writer);
        using var reader = Database.OpenForReading(FilePath)!;

        store.Save([TestRates.Day("2026-11-20", "USD=1.22")], new RateNotice("k", []), 1);

        Assert.Equal("USD=1.22", TestRates.Text(Assert.Single(new RateStore(reader).LoadDays())));
    }

    public void Dispose() => _folder.Dispose();

    private void AssertAdvice(StartException refused)
    {
        Assert.Contains(FilePath, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Move it away", refused.Message, StringComparison.Ordinal);
    }
}
