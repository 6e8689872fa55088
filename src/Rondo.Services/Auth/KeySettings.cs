namespace Rondo.Services.Auth;

/// <summary>What somebody decides about a key. Immutable.</summary>
/// <param name="Name">For people; 1 to 100 characters on one line.</param>
/// <param name="Owner">Whose it is; the subject that services are told.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Expires">From when on it counts no more; null for never.</param>
/// <param name="Addresses">Where it may be used from; null for anywhere.</param>
/// <param name="Origins">Whose pages may use it; empty for any. Programs name none.</param>
/// <param name="Rate">How often it may be used; null for as often as one likes.</param>
/// <param name="Quota">Uses in a calendar month of UTC; null for any number.</param>
internal sealed record KeySettings(
    string Name,
    string Owner,
    ScopeSet Scopes,
    DateTimeOffset? Expires = null,
    AddressList? Addresses = null,
    IReadOnlyList<string>? Origins = null,
    KeyRate? Rate = null,
    long? Quota = null)
{
    public const int LongestName = 100;
    public const int MostOrigins = 20;

    /// <summary>Whether a key with these settings may make one with <paramref name="other"/>.</summary>
    public bool Covers(KeySettings other) =>
        Scopes.Covers(other.Scopes)
        && (Expires is null || other.Expires <= Expires)
        && (Addresses is null || (other.Addresses is { } addresses && Addresses.Covers(addresses)))
        && (Origins is null or [] || (other.Origins is [_, ..] && other.Origins.All(Origins.Contains)))
        && (Rate is null || (other.Rate is { } rate && rate.Limit <= Rate.Limit && rate.PerSecond <= Rate.PerSecond))
        && (Quota is null || other.Quota <= Quota);

    public static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(char.IsControl)
        && !string.IsNullOrWhiteSpace(text) && !text.Any(c => c is '\u2028' or '\u2029' or '\u202E');

    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;
}

/// <summary>So many uses in a time.</summary>
internal sealed record KeyRate(int Limit, TimeSpan Per)
{
    public double PerSecond => Limit / Per.TotalSeconds;
}
