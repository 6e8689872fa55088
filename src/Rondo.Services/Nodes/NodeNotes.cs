using System.Security.Cryptography;
using Npgsql;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Nodes;

/// <summary>What a leader tells the others beside its lease.</summary>
/// <param name="Holder">Who it is.</param>
/// <param name="Term">The number of its leadership; each has a higher one.</param>
/// <param name="Since">Since when it answers, by the database's clock.</param>
/// <param name="Certificate">The SHA-256 of the certificate that it shows, in hexadecimal; null without TLS.</param>
internal sealed record LeaderNote(string? Holder, long Term, DateTimeOffset? Since, string? Certificate);

/// <summary>
/// The row beside the lease: the secret with which nodes prove that they are some, made by the first of them, and the
/// leader's note.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class NodeNotes(PostgresAddress database) : IAsyncDisposable
{
    private const int SecretBytes = 32;

    private const string Make = "INSERT INTO node_notes (secret) VALUES ($1) ON CONFLICT DO NOTHING";
    private const string ReadSecret = "SELECT secret FROM node_notes";
    private const string Read = "SELECT holder, term, since, certificate FROM node_notes";

    // A node that leads no more finds a higher term there.
    private const string Write = """
        UPDATE node_notes SET since = CASE WHEN term = $2 THEN since ELSE clock_timestamp() END,
            holder = $1, term = $2, certificate = nullif($3, '')
        WHERE term <= $2
        """;

    private readonly NpgsqlDataSource _source = database.ForWriting();
    private LeaderNote? _leader;

    /// <summary>As it was read last; null before.</summary>
    public LeaderNote? Leader
    {
        get => Volatile.Read(ref _leader);
        set => Volatile.Write(ref _leader, value);
    }

    /// <summary>The secret; made if there is none.</summary>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public async Task<byte[]> SecretAsync(CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation);
        await PostgresSql.ExecuteAsync(
            connection, Make, [RandomNumberGenerator.GetBytes(SecretBytes)], cancellation);
        await using var command = PostgresSql.Command(connection, ReadSecret);
        return (byte[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation);
        await using var command = PostgresSql.Command(connection, Read);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (await row.ReadAsync(cancellation))
        {
            Leader = new LeaderNote(
                row.IsDBNull(0) ? null : row.GetString(0),
                row.GetInt64(1),
                row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
                row.IsDBNull(3) ? null : row.GetString(3));
        }
    }

    /// <summary>Tells of this node, which leads.</summary>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public async Task WriteAsync(string holder, long term, string? certificate, CancellationToken cancellation)
    {
        await using (var connection = await _source.OpenConnectionAsync(cancellation))
        {
            await PostgresSql.ExecuteAsync(connection, Write, [holder, term, certificate ?? ""], cancellation);
        }

        await ReadAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
