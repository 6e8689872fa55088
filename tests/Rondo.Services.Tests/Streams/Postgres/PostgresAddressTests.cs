using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

public sealed class PostgresAddressTests : IDisposable
{
    private const string Secret = "s3cret";

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("Host=db.example;Database=live;Username=me;Password=s3cret", "live on db.example", "rondo")]
    [InlineData("Host=/run/postgresql;Username=me;Search Path=other", "me on /run/postgresql", "other")]
    [InlineData("postgresql://me:s3cret@db.example:5433/live?sslmode=verify-full", "live on db.example", "rondo")]
    [InlineData("postgres://me:a%40b%3As3cret@db.example/live\n", "live on db.example", "rondo")]
    [InlineData("postgresql:///live?host=/run/postgresql&search_path=x", "live on /run/postgresql", "x")]
    public void Parse_Address_IsNamedWithoutItsSecret(string text, string name, string schema)
    {
        var address = PostgresAddress.Parse(text, "test");

        Assert.Equal((name, schema), (address.Name, address.Schema));
    }

    [Theory]
    [InlineData("Host=db.example,other;Port=5433", "db.example", 5433, false)]
    [InlineData("Host=127.0.0.1:5433,127.0.0.1:5434", "127.0.0.1", 5433, true)]
    [InlineData("Host=[::1]:5433,other", "::1", 5433, true)]
    [InlineData("Host=::1", "::1", 5432, true)]
    [InlineData("Host=/run/postgresql,other:5433", "/run/postgresql", 5432, true)]
    public void Parse_SeveralServers_KnowsWhereTheFirstIs(string text, string host, int port, bool isHere)
    {
        var address = PostgresAddress.Parse(text + ";Database=live;Username=me", "test");

        Assert.Equal((host, port, isHere), (address.Host, address.Port, address.IsHere));
    }

    [Theory]
    [InlineData("s3cret")]
    [InlineData("Password=s3cret")]
    [InlineData("Host=db;Passwort=s3cret")]
    [InlineData("Host=db;Port=s3cret")]
    [InlineData("Host=db;Search Path=s3cret, public")]
    [InlineData("Host=db;Search Path=\"S3cret\"")]
    [InlineData("postgresql://me:s3cret@db:99999/live")]
    [InlineData("postgresql://me:s3cret@db/live?sslmode=s3cret")]
    public void Parse_TextThatIsNone_IsRefusedWithoutItsSecret(string text)
    {
        var refused = Assert.Throws<StartException>(() => PostgresAddress.Parse(text, "'file'"));

        Assert.StartsWith("'file' holds no address of a database", refused.Message);
        Assert.DoesNotContain(Secret, refused.Message);
    }

    [Theory]
    [InlineData("postgresql://me:s3cret@db/live")]
    [InlineData("Host=db;Username=me;Password=s3cret")]
    public void Find_PasswordInTheFlag_IsRefusedWithAHint(string flag)
    {
        var refused = Assert.Throws<StartException>(() => PostgresAddress.Find(flag));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains("chmod 600", refused.Message);
        Assert.DoesNotContain(Secret, refused.Message);
    }

    [Fact]
    public void Find_File_IsReadWhenItIsItsOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It knows no modes of files.");
        var file = _folder.Write("db", "Host=db;Username=me;Password=s3cret\n");
#pragma warning disable CA1416 // Skipped there.
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refused = Assert.Throws<StartException>(() => PostgresAddress.Find(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416

        Assert.Contains("chmod 600", refused.Message);
        Assert.Equal("me on db", PostgresAddress.Find(file)!.Name);
        Assert.Throws<StartException>(() => PostgresAddress.Find(file + "x"));
    }

    [Fact]
    public void Find_NothingOrVariable_IsTakenInTurn()
    {
        Assert.Null(PostgresAddress.Find(null, " "));
        Assert.Equal("me on db", PostgresAddress.Find(null, "Host=db;Username=me")!.Name);
    }

    public void Dispose() => _folder.Dispose();
}
