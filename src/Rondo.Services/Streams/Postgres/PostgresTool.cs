using Npgsql;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Postgres;

/// <summary>What <c>rondo streams</c> does with a database, beside the nodes that use it.</summary>
internal static class PostgresTool
{
    public static Task<int> ExportAsync(PostgresAddress address, string file, TextWriter output) => WithAsync(
        address, mayCreate: false, async connection =>
        {
            await using var lines = new FileStream(file, FileMode.CreateNew);
            await PostgresArchive.ExportAsync(connection, lines, null, CancellationToken.None);
            lines.Flush(flushToDisk: true);
            await output.WriteLineAsync($"Exported to {file}, {lines.Length} bytes.");
            return ExitCode.Ok;
        });

    public static Task<int> ImportAsync(PostgresAddress address, string file, bool keepEpoch, TextWriter output) =>
        WithAsync(address, mayCreate: true, async connection =>
        {
            await using var lines = File.OpenRead(file);
            var events = await PostgresArchive.ImportAsync(connection, fence: null, lines, keepEpoch, CancellationToken.None);
            var streams = await PostgresSql.ScalarAsync(connection, "SELECT count(*) FROM streams", [], default);
            await output.WriteLineAsync(
                $"Imported {events} events of {streams} streams, "
                    + $"epoch {StreamCursor.Format(PostgresEpoch.Read(connection))}.");
            return ExitCode.Ok;
        });

    public static Task<int> VerifyAsync(PostgresAddress address, TextWriter output) => WithAsync(
        address, mayCreate: false, async connection =>
        {
            var isSound = true;
            await foreach (var mistake in PostgresCheck.MistakesAsync(connection))
            {
                isSound = false;
                await output.WriteLineAsync(mistake);
            }

            await output.WriteLineAsync(isSound
                ? $"The streams of {address.Name} are sound."
                : "'rondo streams repair' makes the numbers whole again.");
            return isSound ? ExitCode.Ok : ExitCode.Failed;
        });

    public static Task<int> RepairAsync(PostgresAddress address, TextWriter output) => WithAsync(
        address, mayCreate: false, async connection =>
        {
            var (streams, events, lost) = await PostgresCheck.RepairAsync(connection);
            await output.WriteLineAsync(
                $"Kept {events} events of {streams} streams; {lost} are missing and are tombstones. The epoch is new.");
            return ExitCode.Ok;
        });

    /// <summary>Does something with the database's streams on a connection of its own.</summary>
    /// <param name="address">Where they are.</param>
    /// <param name="mayCreate">Whether tables are made where there are none.</param>
    /// <param name="work">What is done.</param>
    /// <exception cref="StartException">There are no streams, or the database cannot be used.</exception>
    public static async Task<T> WithAsync<T>(
        PostgresAddress address, bool mayCreate, Func<NpgsqlConnection, Task<T>> work)
    {
        await using var source = address.ForWriting();
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            if (mayCreate || PostgresSchema.IsThere(connection, address))
            {
                PostgresSchema.Prepare(connection, address);
                return await work(connection);
            }
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error) && error is not IOException)
        {
            throw PostgresError.Refuse(error, address.Name);
        }

        throw new StartException($"There are no event streams in the database {address.Name}.");
    }
}
