using System.Formats.Tar;
using System.IO.Compression;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Upgrade;

/// <summary>Data folders that older states of Rondo have written, from Folders beside this file.</summary>
internal static class OlderFolder
{
    /// <summary>Puts one into a folder that is there.</summary>
    public static async Task UnpackAsync(string name, TestFolder into)
    {
        await using var file = File.OpenRead(
            Repository.PathOf($"tests/Rondo.Services.Tests/Upgrade/Folders/{name}.tar.gz"));
        await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(
            unpacked, into.Path, overwriteFiles: false, TestContext.Current.CancellationToken);
    }
}
