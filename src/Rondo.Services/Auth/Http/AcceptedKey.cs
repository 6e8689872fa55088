namespace Rondo.Services.Auth.Http;

/// <summary>The key that a request has shown, and how.</summary>
/// <param name="Entry">The key with the text or the session's secret.</param>
/// <param name="Session">The text of the cookie; null when the key itself was shown.</param>
internal sealed record AcceptedKey(KeyEntry Entry, string? Session = null)
{
    public StoredKey Key => Entry.Key;

    /// <summary>What a request has shown and was let in with; null for none.</summary>
    public static AcceptedKey? Of(HttpContext context) => context.Features.Get<AcceptedKey>();

    /// <summary>The same for the audit.</summary>
    public static AuditActor ActorOf(HttpContext context) => new(
        Of(context)?.Key.Id ?? "-", context.Connection.RemoteIpAddress?.ToString(), context.TraceIdentifier);
}
