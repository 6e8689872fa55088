using System.Threading.Channels;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>
/// What is to go into the audit, kept in the transaction that makes it so; also by a command beside a running server.
/// </summary>
internal sealed class AuditOutbox
{
    private readonly Database _database;
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public AuditOutbox(Database database)
    {
        _database = database;
        KeyTable.Prepare(database);
    }

    /// <summary>Gets something when there may be entries.</summary>
    public ChannelReader<bool> Woken => _woken.Reader;

    public static void Add(Database.Session session, AuditEntry entry) => session.Execute(
        "INSERT INTO audit_outbox (id, token, action, data) "
            + "VALUES ((SELECT coalesce(max(id), 0) + 1 FROM audit_outbox), @token, @action, @data)",
        ("@token", Guid.NewGuid().ToString("N")), ("@action", entry.Action), ("@data", entry.Data));

    public void Wake() => _woken.Writer.TryWrite(true);

    /// <summary>The entries in order, each with a token that no other entry has.</summary>
    public IReadOnlyList<(long Id, string Token, AuditEntry Entry)> Waiting() => _database.Read(
        "SELECT id, token, action, data FROM audit_outbox ORDER BY id LIMIT 500",
        row => (row.GetInt64(0), row.GetString(1), new AuditEntry(row.GetString(2), row.GetFieldValue<byte[]>(3))));

    public void Forget(long id) =>
        _database.Write(session => session.Execute("DELETE FROM audit_outbox WHERE id <= @id", ("@id", id)));
}
