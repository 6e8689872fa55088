using System.Diagnostics;

namespace Rondo.Package.Tests;

/// <summary>The version that tags give, in repositories of their own.</summary>
public sealed class VersionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-version-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("commit", "7.8.0-alpha.1")]
    [InlineData("commit commit", "7.8.0-alpha.2")]
    [InlineData("commit v1.2.3", "1.2.3")]
    [InlineData("commit v1.2.3 dirty", "1.2.4-alpha.0")]
    [InlineData("commit v1.2.3 commit commit", "1.2.4-alpha.2")]
    [InlineData("commit v1.2.3 commit commit dirty", "1.2.4-alpha.2")]
    [InlineData("commit v1.2.9 commit v1.10.0 commit", "1.10.1-alpha.1")]
    [InlineData("commit v2.0.0-rc.1", "2.0.0-rc.1")]
    [InlineData("commit v2.0.0-rc.1 commit", "2.0.0-rc.1.1")]
    [InlineData("commit other", "7.8.0-alpha.1")]
    public async Task Version_OfAHistory_FollowsItsTags(string history, string expected)
    {
        Write("");
        Git("init", "-q");
        foreach (var step in history.Split(' '))
        {
            Write(step + Guid.NewGuid());
            if (step == "commit")
            {
                Git("add", ".");
                Git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a");
            }
            else if (step != "dirty")
            {
                Git("checkout", "-q", ".");
                Git("tag", step);
            }
        }

        if (!history.EndsWith("dirty", StringComparison.Ordinal))
        {
            Git("checkout", "-q", ".");
        }

        Assert.Equal(expected + "\n", await Tool.RunAsync("eng/version.sh", _folder));
    }

    [Fact]
    public async Task Version_WithoutAHistory_IsTheBuiltOne()
    {
        Write("");

        Assert.Equal("7.8.0-dev\n", await Tool.RunAsync("eng/version.sh", _folder));
    }

    [Fact]
    public async Task Version_InsideAnotherRepository_IsNotThatOnes()
    {
        Git("init", "-q");
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;
        File.WriteAllText(Path.Combine(inner, "Directory.Build.props"), "<VersionPrefix>7.8.0</VersionPrefix>");
        Git("add", ".");
        Git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a");
        Git("tag", "v1.0.0");

        Assert.Equal("7.8.0-dev\n", await Tool.RunAsync("eng/version.sh", inner));
    }

    private void Write(string comment) => File.WriteAllText(
        Path.Combine(_folder, "Directory.Build.props"), $"<VersionPrefix>7.8.0</VersionPrefix>\n<!-- {comment} -->\n");

    private void Git(params string[] arguments)
    {
        using var git = Process.Start("git", ["-C", _folder, .. arguments]);
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
