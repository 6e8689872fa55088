using System.Text.Json;
using System.Text.Json.Serialization;
using Rondo.Services.Currency;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>What was decided about the board, as it is kept. Immutable: a change makes another.</summary>
internal sealed record BoardSettings
{
    public const int MostCurrencies = 12;

    public static readonly BoardSettings Default = new();

    /// <summary>What the place is called; null until somebody has said.</summary>
    public string? Name { get; init; }

    /// <summary>The language of the board; null for that of each reader.</summary>
    public PageLanguage? Language { get; init; }

    /// <summary>What is shown, in this order; of <see cref="BoardTile.Names"/>.</summary>
    public IReadOnlyList<string> Tiles { get; init; } = BoardTile.Names;

    /// <summary>Of which currencies the rate is shown.</summary>
    public IReadOnlyList<string> Currencies { get; init; } = ["USD", "GBP", "CHF", "JPY", "SEK", "PLN"];

    /// <summary>Whether somebody has confirmed that the admin key is kept.</summary>
    public bool IsKeyKept { get; init; }

    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter<PageLanguage>(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>What is wrong with them, by field; null when they can be kept.</summary>
    public (string Field, string Detail)? Mistake() =>
        Name is not null && !WeatherPlace.IsShownName(Name)
            ? ("name", "The name has 1 to 100 characters on one line.")
            : Tiles.Distinct().Count() != Tiles.Count || Tiles.Any(t => !BoardTile.Names.Contains(t))
                ? ("tiles", $"The tiles are {string.Join(", ", BoardTile.Names)}, each at most once.")
                : Currencies.Count > MostCurrencies
                    || Currencies.FirstOrDefault(c => CurrencyCatalog.Find(c) is null) is not null
                    ? ("currencies", $"At most {MostCurrencies} codes of ISO 4217, such as USD.")
                    : null;
}
