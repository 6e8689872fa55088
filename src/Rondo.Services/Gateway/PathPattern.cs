namespace Rondo.Services.Gateway;

/// <summary>
/// Which paths a route is about: one (<c>/jobs/new</c>), or all from one on (<c>/jobs/**</c>, which is <c>/jobs</c>,
/// too). There are no other patterns: what a route takes is seen at a glance, and matching takes no time worth
/// mentioning whatever a client sends.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record PathPattern
{
    public const int Longest = 256;

    private const string Below = "/**";

    private PathPattern(string text)
    {
        Text = text;
        IsPrefix = text.EndsWith(Below, StringComparison.Ordinal);
        Literal = IsPrefix ? text[..^Below.Length] : text;
        var end = Literal.Length == 0 ? -1 : Literal.IndexOf('/', 1);
        FirstSegment = Literal.Length == 0 ? "" : end < 0 ? Literal[1..] : Literal[1..end];
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Without what stands for the rest; empty for all paths.</summary>
    public string Literal { get; }

    public bool IsPrefix { get; }

    /// <summary>Empty for all paths, and for <c>/</c>.</summary>
    public string FirstSegment { get; }

    /// <summary>The pattern, or null and what is wrong with it.</summary>
    public static (PathPattern? Pattern, string? Mistake) Parse(string text)
    {
        if (text.Length is 0 or > Longest || text[0] != '/')
        {
            return (null, $"A path begins with '/' and has at most {Longest} characters.");
        }

        var pattern = new PathPattern(text);
        if (pattern.Literal.Contains('*'))
        {
            return (null, "A path has '*' in '/**' at its end alone.");
        }

        // What a client sends is judged the same way: a pattern in another form could never be met.
        var literal = pattern.Literal.Length == 0 ? "/" : pattern.Literal;
        return RequestTarget.Judge(literal, out var target) is TargetFault.None
            && target.Text == literal && target.PathLength == literal.Length
            && !target.HasEncodedDelimiter
            ? (pattern, null)
            : (null, "A path is in its plain form: no '//', '.', '..', no query, nothing escaped that need not be.");
    }

    public bool Matches(ReadOnlySpan<char> path, StringComparison comparison = StringComparison.Ordinal) =>
        IsPrefix
            ? path.StartsWith(Literal, comparison) && (path.Length == Literal.Length || path[Literal.Length] == '/')
            : path.Equals(Literal, comparison);
}
