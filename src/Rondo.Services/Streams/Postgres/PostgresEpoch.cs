using System.Security.Cryptography;
using Npgsql;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Postgres;

/// <summary>The name of the history that the database holds; every answer of it carries it along.</summary>
internal static class PostgresEpoch
{
    public static ulong MakeNew() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <exception cref="EventStoreException">It is none: somebody else has written to the table.</exception>
    public static ulong Parse(string text) => StreamCursor.TryParseEpoch(text, out var epoch)
        ? epoch
        : throw new EventStoreException(
            EventStoreFailure.Unavailable,
            "The event store has lost its epoch. 'rondo streams repair' gives it a new one.");

    /// <exception cref="StartException">There is none.</exception>
    public static ulong Read(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT epoch FROM store", connection);
        return command.ExecuteScalar() is string text
            ? Parse(text)
            : throw new StartException("The event store has lost its epoch. 'rondo streams repair' gives it a new one.");
    }

    /// <summary>Starts a new history, or goes on with one on purpose.</summary>
    public static async Task ChangeAsync(
        NpgsqlConnection connection, ulong epoch, CancellationToken cancellation = default)
    {
        await using var command = PostgresSql.Command(
            connection,
            "INSERT INTO store (epoch) VALUES ($1) ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch",
            StreamCursor.Format(epoch));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// Events that were there are not any more: a standby that had not got them took over, or an older copy was put in
    /// the place of the database. Of several nodes that find out, one gives the new name.
    /// </summary>
    public static async Task LeaveAsync(
        NpgsqlConnection connection, LeaderFence? fence, ulong lost, CancellationToken cancellation) =>
        await LeaderFence.ExecuteAsync(
            connection, fence, "UPDATE store SET epoch = $1 WHERE epoch = $2",
            [StreamCursor.Format(MakeNew()), StreamCursor.Format(lost)], cancellation);
}
