using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Rondo.Services.Tests.Support;

/// <summary>
/// A PostgreSQL of this process alone (eng/throwaway-postgres.sh), which ends with it, as its standby does.
/// </summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string RequiredVariable = "RONDO_TEST_POSTGRES";

    private const string StandbyName = "standby";

    // It loses nothing when a process dies, only when the machine does.
    private const string Quick = "fsync = off";

    private static readonly Lazy<Task<PostgresCluster>> One = new(StartAsync);

    private readonly Process _shell;
    private readonly string _folder;
    private readonly int _port;
    private readonly string _password;
    private int _standbyPort;

    private PostgresCluster(Process shell, string folder, int port, string password) =>
        (_shell, _folder, _port, _password) = (shell, folder, port, password);

    public int Port => _port;

    /// <summary>One for the whole process, started by who needs it first. Without PostgreSQL, the test is skipped.</summary>
    public static Task<PostgresCluster> SharedAsync()
    {
        SkipWithout();
        return One.Value;
    }

    /// <summary>CI sets the variable: it never skips.</summary>
    public static void SkipWithout() => Assert.SkipUnless(
        File.Exists(Path.Combine(Programs, "initdb")) || Environment.GetEnvironmentVariable(RequiredVariable) == "1",
        "PostgreSQL 15 is not installed; ./dev test installs it.");

    /// <summary>Through the socket, where no password is asked for.</summary>
    public string AddressOf(string schema) =>
        $"Host={_folder};Port={_port};Username=rondo;Database=postgres;Search Path={schema}";

    /// <summary>Through the network, with a password.</summary>
    public string UrlOf(string schema) => UrlOf(schema, _port);

    /// <summary>The same through something in between that listens on another port.</summary>
    public string UrlOf(string schema, int port) =>
        $"postgresql://rondo:{_password}@127.0.0.1:{port}/postgres?search_path={schema}";

    /// <summary>A file for <c>--database-file</c>, through the network.</summary>
    public string WriteAddress(TestFolder folder, string schema) => WritePrivate(folder, UrlOf(schema));

    public static string WritePrivate(TestFolder folder, string text)
    {
        var file = folder.Write("database", text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    /// <summary>A name that no other test has.</summary>
    public static string NewSchema() => "t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>One that nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task<PostgresCluster> StartAsync()
    {
        for (var tries = 3; ; tries--)
        {
            var (port, password) = (FreePort(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)));
            var script = Repository.PathOf("eng/throwaway-postgres.sh");
            var shell = Process.Start(new ProcessStartInfo("/bin/sh", [script, $"{port}", Quick])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            })!;
            var said = shell.StandardError.ReadToEndAsync();
            await shell.StandardInput.WriteLineAsync(password);
            if (await shell.StandardOutput.ReadLineAsync() is { } folder)
            {
                return new PostgresCluster(shell, folder, port, password);
            }

            if (tries == 1)
            {
                // Another process may have taken the port meanwhile, but not three times.
                throw new InvalidOperationException("PostgreSQL does not start: " + await said);
            }
        }
    }

    /// <summary>As by a power cut, without the loss of what was written.</summary>
    public async Task RestartAsync()
    {
        await PgCtlAsync("-m", "immediate", "stop");
        await PgCtlAsync("-l", Path.Combine(_folder, "log"), "-t", "120", "start");
    }

    /// <summary>As by its administrator.</summary>
    public Task StopAsync() => PgCtlAsync("-m", "fast", "stop");

    /// <summary>As by the loss of its machine.</summary>
    public Task KillAsync() => PgCtlAsync("-m", "immediate", "stop");

    public Task StartAgainAsync() => PgCtlAsync("-l", Path.Combine(_folder, "log"), "-t", "120", "start");

    public async Task<object?> ScalarAsync(string schema, string sql)
    {
        await using var connection = new NpgsqlConnection(AddressOf(schema) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Starts a server that follows it; a synchronous one is waited for by each commit.</summary>
    public async Task StartStandbyAsync(bool isSynchronous)
    {
        _standbyPort = FreePort();
        await RunAsync(
            "pg_basebackup", "-D", StandbyFolder, "-R", "-X", "stream", "-c", "fast", "--no-sync",
            "-d", $"host={_folder} port={_port} user=rondo application_name={StandbyName}");
        await File.AppendAllTextAsync(Path.Combine(StandbyFolder, "postgresql.conf"), $"port = {_standbyPort}\n");
        await RunAsync("pg_ctl", "-D", StandbyFolder, "-w", "-t", "120", "-l", StandbyFolder + ".log", "start");
        if (isSynchronous)
        {
            await ScalarAsync("public", $"ALTER SYSTEM SET synchronous_standby_names = '{StandbyName}'");
            await ScalarAsync("public", "SELECT pg_reload_conf()");
        }

        var sought = isSynchronous ? "sync" : "async";
        while (await ScalarAsync("public", "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") as string
            != sought)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>What is written from now on does not reach the standby any more.</summary>
    public async Task CutStandbyOffAsync()
    {
        await RunAsync(
            "psql", "-X", "-q", "-h", _folder, "-p", $"{_standbyPort}", "-U", "rondo", "-d", "postgres",
            "-c", "ALTER SYSTEM SET primary_conninfo = ''", "-c", "SELECT pg_reload_conf()", "-o", "/dev/null");
        while (await ScalarAsync("public", "SELECT count(*) FROM pg_stat_replication") is not 0L)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>The standby becomes the server that takes writes.</summary>
    public Task PromoteStandbyAsync() => RunAsync("pg_ctl", "-D", StandbyFolder, "-w", "-t", "120", "promote");

    /// <summary>Both servers, of which one takes writes.</summary>
    public string AddressOfBoth(string schema) =>
        $"Host=127.0.0.1:{_port},127.0.0.1:{_standbyPort};Username=rondo;Password={_password};Database=postgres;"
        + $"Search Path={schema}";

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private string StandbyFolder => Path.Combine(_folder, StandbyName);

    private Task PgCtlAsync(params string[] arguments) =>
        RunAsync("pg_ctl", ["-D", Path.Combine(_folder, "data"), "-w", .. arguments]);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var line = AsPostgres([Path.Combine(Programs, program), .. arguments]);
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        })!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    // PostgreSQL refuses to run as root.
    private static string[] AsPostgres(params string[] line) =>
        Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. line] : line;
}
