using Microsoft.Data.Sqlite;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

/// <summary>Tables in a file: the contract, and what becomes of a damaged one.</summary>
public sealed class SqliteDatabaseTests : DatabaseTests, IDisposable
{
    private readonly TestFolder _folder = new();

    private string FilePath => DataFolder.DatabasePathIn(_folder.Path);

    [Fact]
    public void Open_NoDatabase_AdvisesToMoveItAway()
    {
        _folder.Write("rondo.db", new string('x', 10_000));

        AssertAdvice(Assert.Throws<StartException>(() => SqliteDatabase.Open(FilePath)));
    }

    [Theory]
    [InlineData(100, 4_096)]
    [InlineData(4_096, 1_000_000)]
    public void Read_DamagedDatabase_AdvisesToMoveItAway(int from, int to)
    {
        var days = Enumerable.Range(0, 500).Select(TestRates.Date("2025-01-01").AddDays)
            .Select(d => new RateDay(d, RateOrigin.Ecb, [new EuroRate(TestRates.Known("USD"), 1.2m)]));
        using (var database = SqliteDatabase.Open(FilePath))
        {
            new RateStore(database).Save([.. days], new RateNotice("k", []), 1);
        }

        var content = File.ReadAllBytes(FilePath);
        content.AsSpan(from..Math.Min(to, content.Length)).Fill(0xA5);
        File.WriteAllBytes(FilePath, content);

        AssertAdvice(Assert.Throws<StartException>(() =>
        {
            using var database = SqliteDatabase.Open(FilePath);
            new RateStore(database).LoadDays();
        }));
    }

    public void Dispose() => _folder.Dispose();

    private protected override Database Open() => SqliteDatabase.Open(FilePath);

    private protected override Database? OpenForReading() => SqliteDatabase.OpenForReading(FilePath);

    private protected override Database OpenAt(IReadOnlyDictionary<string, int> versions) =>
        SqliteDatabase.OpenAt(FilePath, versions);

    private protected override async Task<IAsyncDisposable> HoldAsync()
    {
        var other = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return other;
    }

    private void AssertAdvice(StartException refused)
    {
        Assert.Contains(FilePath, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Move it away", refused.Message, StringComparison.Ordinal);
    }
}
