using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;

namespace ChaosProgram;

/// <summary>
/// A PostgreSQL of this process alone (eng/throwaway-postgres.sh) and a synchronous standby of it, which end with it.
/// One caller at a time.
/// </summary>
internal sealed class ThrowawayPostgres : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string Standby = "standby";
    private const string Following = "SELECT sync_state || state FROM pg_stat_replication";

    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly string s_script = typeof(ThrowawayPostgres).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ThrowawayPostgres").Value!;

    // It loses nothing when a process dies, only when the machine does. A standby soon finds what it lacks.
    private static readonly string[] s_settings =
        ["fsync = off", "wal_keep_size = 256MB", "wal_retrieve_retry_interval = 200ms"];

    private readonly Process _shell;
    private readonly string _folder;
    private readonly string _password;
    private int _primary;

    private ThrowawayPostgres(Process shell, string folder, int[] ports, string password) =>
        (_shell, _folder, Ports, _password) = (shell, folder, ports, password);

    /// <summary>Of both servers, whichever of them is the primary.</summary>
    public IReadOnlyList<int> Ports { get; }

    public static async Task<ThrowawayPostgres> StartAsync()
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        int[] ports = [FreePort.Next(), FreePort.Next()];
        var shell = Process.Start(new ProcessStartInfo("/bin/sh", [s_script, $"{ports[0]}", .. s_settings])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        var said = shell.StandardError.ReadToEndAsync();
        await shell.StandardInput.WriteLineAsync(password);
        var folder = await shell.StandardOutput.ReadLineAsync().WaitAsync(s_guard)
            ?? throw new InvalidOperationException("PostgreSQL does not start: " + await said);
        var database = new ThrowawayPostgres(shell, folder, ports, password);
        await database.MakeStandbyAsync();
        return database;
    }

    /// <summary>For <c>--database-file</c>.</summary>
    /// <param name="hosts">Where both servers are reached, with their ports.</param>
    public string AddressBy(IEnumerable<string> hosts) =>
        $"Host={string.Join(',', hosts)};Username=rondo;Password={_password};"
        + "Database=postgres";

    /// <summary>One value, from the primary.</summary>
    public Task<string> AskAsync(string sql) => RunAsync(
        "psql", "-X", "-q", "-A", "-t", "-h", _folder, "-p", $"{Ports[_primary]}", "-U", "rondo", "-d", "postgres",
        "-c", sql);

    /// <summary>As by a power cut, without the loss of what was written.</summary>
    /// <param name="outage">How long it is away.</param>
    public async Task RestartAsync(TimeSpan outage)
    {
        await KillAsync();
        await Task.Delay(outage);
        await StartAsync(_primary);

        // What was on its way to the standby is seen by readers from now on, so it must not be lost any more.
        await UntilFollowedAsync();
    }

    /// <summary>The primary is lost for good, the standby takes its place, and gets a standby of its own.</summary>
    /// <param name="outage">How long nobody takes it.</param>
    public async Task FailOverAsync(TimeSpan outage)
    {
        await KillAsync();
        await Task.Delay(outage);
        await PgCtlAsync(1 - _primary, "-t", "120", "promote");
        _primary = 1 - _primary;
        await MakeStandbyAsync();
    }

    /// <summary>The standby is away: nothing is stored meanwhile.</summary>
    /// <param name="outage">How long.</param>
    /// <param name="isLosingPrimary">Whether the primary is lost then, with what waits there for the standby.</param>
    public async Task StopStandbyAsync(TimeSpan outage, bool isLosingPrimary)
    {
        await PgCtlAsync(1 - _primary, "-m", "fast", "stop");
        await Task.Delay(outage);
        if (isLosingPrimary)
        {
            await KillAsync();
            await StartAsync(1 - _primary);
            await PgCtlAsync(1 - _primary, "-t", "120", "promote");
            _primary = 1 - _primary;
            await MakeStandbyAsync();
        }
        else
        {
            await StartAsync(1 - _primary);
            await UntilFollowedAsync();
        }
    }

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private string FolderOf(int server) => Path.Combine(_folder, server == 0 ? "data" : Standby);

    private async Task MakeStandbyAsync()
    {
        var server = 1 - _primary;
        if (Directory.Exists(FolderOf(server)))
        {
            Directory.Delete(FolderOf(server), recursive: true);
        }

        await RunAsync(
            "pg_basebackup", "-D", FolderOf(server), "-R", "-X", "stream", "-c", "fast", "--no-sync",
            "-d", $"host={_folder} port={Ports[_primary]} user=rondo application_name={Standby}");
        await File.AppendAllTextAsync(
            Path.Combine(FolderOf(server), "postgresql.conf"), $"port = {Ports[server]}\n");
        await StartAsync(server);

        // The copy has been made before, and so is without it: it takes over without a standby.
        await AskAsync($"ALTER SYSTEM SET synchronous_standby_names = '{Standby}'");
        await AskAsync("SELECT pg_reload_conf()");
        await UntilFollowedAsync();
    }

    private async Task UntilFollowedAsync()
    {
        var time = Stopwatch.StartNew();
        while (await AskAsync(Following) is not "syncstreaming" and var state)
        {
            if (time.Elapsed > s_guard)
            {
                throw new InvalidOperationException($"The standby does not follow: '{state}'.");
            }

            await Task.Delay(s_pause);
        }
    }

    private Task KillAsync() => PgCtlAsync(_primary, "-m", "immediate", "stop");

    private Task StartAsync(int server) => PgCtlAsync(server, "-l", FolderOf(server) + ".log", "-t", "120", "start");

    private Task PgCtlAsync(int server, params string[] arguments) =>
        RunAsync("pg_ctl", ["-s", "-D", FolderOf(server), "-w", .. arguments]);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        string[] line = [Path.Combine(Programs, program), .. arguments];

        // PostgreSQL refuses to run as root.
        line = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. line] : line;

        // A server that is started keeps what it has been given, so only who asks is read.
        var isAsking = program == "psql";
        using var process = Process.Start(
            new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = "/", RedirectStandardOutput = isAsking })!;
        var said = isAsking ? await process.StandardOutput.ReadToEndAsync().WaitAsync(s_guard) : "";
        await process.WaitForExitAsync().WaitAsync(s_guard);
        return process.ExitCode == 0
            ? said.Trim()
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
