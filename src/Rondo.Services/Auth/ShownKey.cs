using System.Net;

namespace Rondo.Services.Auth;

/// <summary>What a request shows of who sends it.</summary>
/// <param name="Text">A key or a ticket, or none.</param>
/// <param name="Session">The cookie of a browser that is signed in; null for none.</param>
/// <param name="Path">What is asked for: a ticket is for one path.</param>
/// <param name="Address">Where the request comes from; null for this process.</param>
/// <param name="Origin">Whose page sent it; null for none.</param>
internal readonly record struct ShownKey(
    ShownText Text, string? Session, string Path, IPAddress? Address, string? Origin)
{
    public bool IsNothing => Text.IsNone && Session is null;

    /// <summary>Whether the text can only be a ticket, which is good once.</summary>
    public bool IsTicket => Text.Span.StartsWith(Tickets.Scheme, StringComparison.Ordinal);

    /// <summary>Nothing of it belongs into a log.</summary>
    public override string ToString() => "what a request shows";
}
