namespace Rondo.Services.Gateway;

/// <summary>Something in a route cannot be taken; the message is for who wrote it.</summary>
internal sealed class RouteFault(string pointer, string message) : FormatException(message)
{
    /// <summary>The place, as a JSON pointer (RFC 6901).</summary>
    public string Pointer { get; } = pointer;
}
