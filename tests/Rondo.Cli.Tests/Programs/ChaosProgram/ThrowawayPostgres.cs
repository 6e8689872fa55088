using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;

namespace ChaosProgram;

/// <summary>A PostgreSQL of this process alone (eng/throwaway-postgres.sh), which ends with it.</summary>
internal sealed class ThrowawayPostgres : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";

    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(2);
    private static readonly string s_script = typeof(ThrowawayPostgres).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ThrowawayPostgres").Value!;

    private readonly Process _shell;
    private readonly string _folder;

    private ThrowawayPostgres(Process shell, string folder, int port, string password)
    {
        (_shell, _folder) = (shell, folder);
        Address = $"Host=127.0.0.1;Port={port};Username=rondo;Password={password};Database=postgres";
    }

    /// <summary>For <c>--database-file</c>.</summary>
    public string Address { get; }

    public static async Task<ThrowawayPostgres> StartAsync(int port)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

        // It loses nothing when a process dies, only when the machine does.
        var shell = Process.Start(new ProcessStartInfo("/bin/sh", [s_script, $"{port}", "fsync = off"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        var said = shell.StandardError.ReadToEndAsync();
        await shell.StandardInput.WriteLineAsync(password);
        return await shell.StandardOutput.ReadLineAsync().WaitAsync(s_guard) is { } folder
            ? new ThrowawayPostgres(shell, folder, port, password)
            : throw new InvalidOperationException("PostgreSQL does not start: " + await said);
    }

    /// <summary>As by a power cut, without the loss of what was written.</summary>
    /// <param name="outage">How long it is away.</param>
    public async Task RestartAsync(TimeSpan outage)
    {
        await PgCtlAsync("-m", "immediate", "stop");
        await Task.Delay(outage);
        await PgCtlAsync("-l", Path.Combine(_folder, "log"), "-t", "120", "start");
    }

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private async Task PgCtlAsync(params string[] arguments)
    {
        string[] line =
            [Path.Combine(Programs, "pg_ctl"), "-s", "-D", Path.Combine(_folder, "data"), "-w", .. arguments];

        // PostgreSQL refuses to run as root.
        line = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. line] : line;
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync().WaitAsync(s_guard);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"pg_ctl ended with {process.ExitCode}.");
        }
    }
}
