namespace Rondo.Services.Auth;

/// <summary>
/// A text that a request carries where a key belongs, left in the field that it stands in: a copy would be one more
/// secret in memory, and every guarded request would make it.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
internal readonly struct ShownText : IEquatable<ShownText>
{
    private readonly string? _field;
    private readonly int _start;
    private readonly int _length;

    /// <param name="field">Where it stands.</param>
    /// <param name="start">From this character on.</param>
    /// <param name="length">So many.</param>
    public ShownText(string field, int start, int length) => (_field, _start, _length) = (field, start, length);

    /// <summary>Whether nothing is shown; an empty text is something, and no key.</summary>
    public bool IsNone => _field is null;

    public ReadOnlySpan<char> Span => _field.AsSpan(_start, _length);

    public static implicit operator ShownText(string? text) => text is null ? default : new(text, 0, text.Length);

    public bool Equals(ShownText other) => IsNone == other.IsNone && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ShownText other && Equals(other);

    public override int GetHashCode() => IsNone ? 0 : string.GetHashCode(Span);

    /// <summary>Nothing of it belongs into a log.</summary>
    public override string ToString() => "what a request shows";
}
