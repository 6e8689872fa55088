using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Rondo.Services.Hosting.Pages;

/// <summary>
/// What one group of pages says, in one language: <c>NAME.en.json</c> and <c>NAME.de.json</c> beside their code, flat
/// objects with the same keys. Immutable.
/// </summary>
internal sealed class PageTexts
{
    private const string Prefix = "texts/";

    private static readonly ConcurrentDictionary<(string, PageLanguage), PageTexts> Known = new();

    private readonly FrozenDictionary<string, string> _texts;
    private readonly string _name;

    private PageTexts(string name, PageLanguage language)
    {
        (_name, Language) = (name, language);
        _texts = JsonSerializer
            .Deserialize<Dictionary<string, string>>(EmbeddedFile.Bytes($"{Prefix}{name}.{language.Tag()}.json"))!
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    public PageLanguage Language { get; }

    public IEnumerable<string> Keys => _texts.Keys;

    /// <exception cref="System.Diagnostics.UnreachableException">The file has no such key.</exception>
    public string this[string key] => Find(key)
        ?? throw new System.Diagnostics.UnreachableException($"'{_name}.{Language.Tag()}.json' has no '{key}'.");

    /// <summary>The texts of a group, read once.</summary>
    public static PageTexts Of(string name, PageLanguage language) =>
        Known.GetOrAdd((name, language), static key => new PageTexts(key.Item1, key.Item2));

    public string? Find(string key) => _texts.GetValueOrDefault(key);

    /// <summary>A text with <c>{0}</c> and its like filled in.</summary>
    public string Say(string key, params ReadOnlySpan<object?> values) =>
        string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>A number with so many decimals, as the language writes it.</summary>
    public string Number(decimal value, int decimals) =>
        decimal.Round(value, decimals, MidpointRounding.AwayFromZero) is var rounded && Language is PageLanguage.German
            ? Plain(rounded, decimals).Replace('.', ',')
            : Plain(rounded, decimals);

    // Never a negative zero.
    private static string Plain(decimal rounded, int decimals) =>
        (rounded == 0 ? 0m : rounded).ToString("F" + decimals, CultureInfo.InvariantCulture);
}
