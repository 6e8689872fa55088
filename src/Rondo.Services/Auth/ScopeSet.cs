using System.Buffers;

namespace Rondo.Services.Auth;

/// <summary>
/// What a key may do: scopes <c>service:verb</c>, narrowed by a third part (<c>noise:publish:room-7</c>). <c>*</c> is
/// everything, <c>weather:*</c> everything of one service; what follows <c>!</c> is taken away again, whatever else
/// allows it. Immutable.
/// </summary>
internal sealed class ScopeSet
{
    public const int Most = 100;
    public const string Everything = "*";

    private const int Longest = 100;
    private const int MostParts = 3;
    private const char Denial = '!';
    private const string OpenEnd = ":*";

    private static readonly SearchValues<char> PartCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly string[] _granted;
    private readonly string[] _denied;

    private ScopeSet(IReadOnlyList<string> texts)
    {
        Texts = texts;
        _granted = [.. texts.Where(t => t[0] != Denial).Select(Pattern)];
        _denied = [.. texts.Where(t => t[0] == Denial).Select(t => Pattern(t[1..]))];
    }

    public static ScopeSet All { get; } = new([Everything]);

    /// <summary>The scopes as they were written.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>The set, or null and what is wrong with it.</summary>
    public static (ScopeSet? Set, string? Mistake) Parse(IReadOnlyList<string> texts)
    {
        if (texts.Count is 0 or > Most)
        {
            return (null, $"A key has 1 to {Most} scopes.");
        }

        return texts.FirstOrDefault(t => !IsScope(t.StartsWith(Denial) ? t[1..] : t)) is { } wrong
            ? (null, $"'{Shorten(wrong)}' is no scope: write 'service:verb', 'service:verb:part', 'service:*' or '*', "
                + "in small letters, with '!' in front of what is taken away.")
            : (new ScopeSet([.. texts.Distinct()]), null);
    }

    /// <summary>The set that was stored as <paramref name="texts"/>; what is no scope allows nothing.</summary>
    public static ScopeSet Stored(IEnumerable<string> texts) => new([.. texts.Where(t => t.Length > 0)]);

    /// <summary>Whether a key with these scopes may do what needs <paramref name="scope"/>. Takes no memory.</summary>
    public bool Allows(string scope)
    {
        foreach (var denied in _denied)
        {
            if (Covers(denied, scope))
            {
                return false;
            }
        }

        foreach (var granted in _granted)
        {
            if (Covers(granted, scope))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether everything that <paramref name="other"/> allows is allowed here, too.</summary>
    public bool Covers(ScopeSet other) =>
        other._granted.All(wanted => _granted.Any(granted => Covers(granted, wanted)))
        && _denied.All(denied =>
            other._denied.Any(kept => Covers(kept, denied))
            || !other._granted.Any(wanted => Covers(wanted, denied) || Covers(denied, wanted)));

    private static bool IsScope(string text)
    {
        if (text == Everything)
        {
            return true;
        }

        var parts = text.Split(':');
        return text.Length <= Longest
            && parts.Length is >= 2 and <= MostParts
            && parts[..^1].All(IsPart)
            && (parts[^1] == Everything || IsPart(parts[^1]));
    }

    private static bool IsPart(string part) =>
        part.Length > 0 && part[0] != '.' && !part.AsSpan().ContainsAnyExcept(PartCharacters);

    private static string Pattern(string text) =>
        text.EndsWith(OpenEnd, StringComparison.Ordinal) ? text[..^OpenEnd.Length] : text;

    private static bool Covers(string pattern, string scope) =>
        pattern == Everything
        || (scope.StartsWith(pattern, StringComparison.Ordinal)
            && (scope.Length == pattern.Length || scope[pattern.Length] == ':'));

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
