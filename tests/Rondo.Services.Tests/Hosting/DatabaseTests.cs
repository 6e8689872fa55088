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
