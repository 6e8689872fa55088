using Rondo.Services.Currency.Sources;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestDocuments;

namespace Rondo.Services.Tests.Currency.Sources;

public sealed class FileRateSourceTests : RateSourceContract
{
    private readonly TestFolder _folder = new();
    private DateTime _written = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);
    private FileRateSource? _source;

    private string FilePath => Path.Combine(_folder.Path, "rates");

    private protected override IRateSource Source => _source ??= new FileRateSource(FilePath, Time);

    public override ValueTask InitializeAsync() => default;

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _folder.Dispose();
        return default;
    }

    [Fact]
    public async Task Fetch_NoFile_FailsAndWorksOnceItIsThere()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => FetchAsync());
        await ProvideAsync(Document("2026-11-20", "1.22"));

        Assert.Single(await FetchAsync());
    }

    [Fact]
    public async Task Fetch_FileGoneAfterwards_Fails()
    {
        await ProvideAsync(Document("2026-11-20", "1.22"));
        await FetchAsync();
        File.Delete(FilePath);

        await Assert.ThrowsAsync<FileNotFoundException>(() => FetchAsync());
    }

    [Fact]
    public async Task Fetch_Folder_Fails()
    {
        Directory.CreateDirectory(FilePath);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => FetchAsync());
        Assert.True(error is IOException or UnauthorizedAccessException);
    }

    [Fact]
    public async Task Fetch_MoreThanSixtyFourMegabytes_IsRefusedUnread()
    {
        await using (var file = File.Create(FilePath))
        {
            file.SetLength(RateFile.MostBytes + 1L);
        }

        Assert.Contains("64 MB", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    private protected override async Task ProvideAsync(byte[] document)
    {
        await File.WriteAllBytesAsync(FilePath, document, TestContext.Current.CancellationToken);
        _written += TimeSpan.FromSeconds(1);
        File.SetLastWriteTimeUtc(FilePath, _written);
    }

    private protected override byte[] Document(string date, string rate) => Utf8($"Date,USD,\n{date},{rate},\n");
}
