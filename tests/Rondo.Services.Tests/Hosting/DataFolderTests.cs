using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

public sealed class DataFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string FolderPath => Path.Combine(_folder.Path, "data");

    [Fact]
    public void Open_NewFolder_MakesItForThisUserAlone()
    {
        using var folder = DataFolder.Open(FolderPath);

        Assert.Equal(Path.Combine(FolderPath, "rondo.db"), folder.DatabasePath);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(FolderPath));
        }
    }

    [Fact]
    public void Open_HeldByAProcess_IsRefusedAndNamesIt()
    {
        using var folder = DataFolder.Open(FolderPath);

        var refused = Assert.Throws<StartException>(() => DataFolder.Open(FolderPath));

        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Released_WorksAgain()
    {
        DataFolder.Open(FolderPath).Dispose();

        using var folder = DataFolder.Open(FolderPath);
        Assert.Equal(FolderPath, folder.Path);
    }

    [Fact]
    public void Open_FileInTheWay_IsRefusedWithAdvice()
    {
        _folder.Write("data", "");

        var refused = Assert.Throws<StartException>(() => DataFolder.Open(FolderPath));
        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
