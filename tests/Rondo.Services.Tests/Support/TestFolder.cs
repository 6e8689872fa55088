namespace Rondo.Services.Tests.Support;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    private string? _schema;

    public string Path { get; } = Directory.CreateTempSubdirectory("rondo-test-").FullName;

    /// <summary>Where the same is in a database.</summary>
    public string Schema => _schema ??= PostgresCluster.NewSchema();

    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        if (TestDatabase.IsPostgres && _schema is not null)
        {
            TestDatabase.Drop(_schema);
        }
    }
}
