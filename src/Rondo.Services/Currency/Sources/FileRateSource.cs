namespace Rondo.Services.Currency.Sources;

/// <summary>
/// A file on this machine in any of the forms that <see cref="RateFile"/> reads; read again when it changes.
/// </summary>
internal sealed class FileRateSource(string path, TimeProvider time) : IRateSource
{
    private (DateTime Written, long Length) _seen;

    public RateOrigin Origin => RateOrigin.File;

    public string Location => path;

    public async Task<IReadOnlyList<RateDay>> FetchAsync(DateOnly? held, CancellationToken cancellation)
    {
        var file = new FileInfo(path);
        if (file.Exists && (file.LastWriteTimeUtc, file.Length) == _seen)
        {
            return [];
        }

        if (file.Exists && file.Length > RateFile.MostBytes)
        {
            throw new RateFormatException($"'{path}' has more than 64 MB.");
        }

        var content = await File.ReadAllBytesAsync(path, cancellation);
        var days = RateFile.Parse(content, Origin, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        _seen = (file.LastWriteTimeUtc, file.Length);
        return days;
    }
}
