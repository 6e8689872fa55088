namespace Rondo.Services.Auth;

/// <summary>What a request to a path behind another proxy needs.</summary>
internal sealed class ForwardRule
{
    private const string Below = "/**";

    /// <summary>The host that was asked for; empty for any.</summary>
    public string Host { get; set; } = "";

    /// <summary>A path, or with <c>/**</c> at its end everything below it, too.</summary>
    public string Path { get; set; } = "";

    /// <summary>The methods it is about; empty for all.</summary>
    public string[] Methods { get; set; } = [];

    /// <summary>The scope that a key needs. Empty only for what is public.</summary>
    public string Scope { get; set; } = "";

    /// <summary>Whether nobody needs a key.</summary>
    public bool Public { get; set; }

    public string? Mistake() =>
        !Path.StartsWith('/') ? $"'{Path}' is no path; it begins with '/'."
        : Public == Scope.Length > 0 ? "a rule has either a 'Scope' or 'Public': true."
        : Scope.Length > 0 ? ScopeSet.Parse([Scope]).Mistake
        : null;

    /// <summary>Whether it is about a request whose path is in its plain form.</summary>
    public bool Fits(string method, string host, string path) =>
        (Methods.Length == 0 || Methods.Contains(method, StringComparer.Ordinal))
        && (Host.Length == 0 || Host.Equals(host, StringComparison.OrdinalIgnoreCase))
        && (Path.EndsWith(Below, StringComparison.Ordinal)
            ? path == Path[..^Below.Length] || path.AsSpan().StartsWith(Path.AsSpan(0, Path.Length - 2))
            : path == Path);
}
