using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Auth;

/// <summary>
/// The audit in the terminal, <c>rondo audit</c>: that of the database that is named, else that of a data folder.
/// </summary>
public static class AuditTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Checks that every event is linked to the one before, also beside running servers.</summary>
    /// <param name="head">A hash that an earlier check has printed, which must still be there; null for none.</param>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets what was found.</param>
    /// <param name="error">Gets the reason when it could not be checked.</param>
    /// <returns>The exit code: 1 when something is wrong.</returns>
    public static async Task<int> VerifyAsync(
        string? head, string? databaseFile, string? dataFolder, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            if (PostgresAddress.Find(databaseFile) is not { } address)
            {
                return Verify(head, dataFolder, output, error);
            }

            await using var source = address.ForReading();
            return Tell(
                await AuditCheck.RunAsync(new PostgresReader(address, source).ReadAsync, head, CancellationToken.None),
                output);
        }
        catch (Exception refused) when (refused is StartException or EventStoreException)
        {
            await error.WriteLineAsync("rondo: " + refused.Message);
            return refused is StartException start ? start.ExitCode : ExitCode.Failed;
        }
    }

    /// <summary>Checks that every event is linked to the one before, also beside a running server.</summary>
    /// <param name="head">A hash that an earlier check has printed, which must still be there; null for none.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets what was found.</param>
    /// <param name="error">Gets the reason when it could not be checked.</param>
    /// <returns>The exit code: 1 when something is wrong.</returns>
    internal static int Verify(string? head, string? dataFolder, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            var folder = DataFolder.Resolve(dataFolder);
            var path = EventFile.PathIn(folder);
            if (!File.Exists(path))
            {
                throw new StartException($"There is no event store in '{folder}'.");
            }

            var check = new AuditCheck(head);
            using var connection = EventFile.OpenForReading(path, Patience);
            using var queries = new EventQueries(connection);
            var epoch = EventFile.Epoch(connection);
            StreamPage page;
            var after = 0L;
            do
            {
                page = queries.Read(AuditChain.Stream, new StreamCursor(null, after), StreamLimits.LargestPage, epoch);
                after += page.Events.Count;
            }
            while (page.Events.Count > 0 && page.Events.All(check.Add));

            return Tell(page.IsReset ? check.Report with { BrokenAt = 1 } : check.Report, output);
        }
        catch (Exception refused) when (refused is StartException or Microsoft.Data.Sqlite.SqliteException)
        {
            error.WriteLine("rondo: " + refused.Message);
            return ExitCode.Failed;
        }
    }

    private static int Tell(AuditReport report, TextWriter output)
    {
        if (report.BrokenAt is { } seq)
        {
            output.WriteLine($"Event {seq} of the audit is not what was written, or one before it is missing.");
            return ExitCode.Failed;
        }

        if (!report.HasSeen)
        {
            output.WriteLine(
                "The chain is whole, but that head is not in it: events were taken from its end, or all were made anew.");
            return ExitCode.Failed;
        }

        var older = report.Older > 0 ? $", {report.Older} are older than the chain" : "";
        output.WriteLine($"{report.Events} events are linked{older}.");
        output.WriteLine($"head {report.Head}");
        return ExitCode.Ok;
    }
}
