using System.Globalization;
using System.Text.Json;
using Rondo.Services.Supervision;
using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>The weather of a weather service in another process.</summary>
internal sealed class RemoteWeather(ServiceCalls calls, TimeProvider time) : IBoardWeather
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    // What was current then is doubtful when nobody has confirmed it since.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(30);

    private readonly LastKnown<Told> _told = new(
        async cancellation =>
        {
            using var answer = await calls.GetAsync("weather", "/weather", cancellation);
            return Read(answer.RootElement, time.GetUtcNow());
        },
        Every, TimeSpan.FromHours(12), time);

    /// <summary>Invented weather says nothing about where the board hangs.</summary>
    public TimeZoneInfo Zone => _told.Value is { IsFixture: false } told
        ? told.Place.Zone
        : TimeZoneInfo.Local;

    public async ValueTask<ForecastView?> ReadAsync() =>
        await _told.ReadAsync() is { } told
        && new ForecastView(told.Place, told.Held, time.GetUtcNow()) is { IsEmpty: false } view
            ? view
            : null;

    /// <summary>What a service says of its own place.</summary>
    public static Told Read(JsonElement root, DateTimeOffset now)
    {
        var at = root.GetProperty("place");
        var place = new WeatherPlace(
            "told", at.GetProperty("name").GetString()!, at.GetProperty("latitude").GetDecimal(),
            at.GetProperty("longitude").GetDecimal(), at.GetProperty("timezone").GetString()!)
        {
            Region = at.GetProperty("region").GetString(),
            Country = at.GetProperty("country").GetString(),
        };
        var source = root.GetProperty("source").GetString()!;
        var observed = DateTimeOffset.Parse(
            root.GetProperty("observed_at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var stale = root.GetProperty("stale").GetBoolean() ? now : now + Fresh;
        var days = new[] { "today", "tomorrow" }.Select(name => root.GetProperty(name))
            .Where(day => day.ValueKind is JsonValueKind.Object).Select(Day).ToList();
        return new Told(place, new HeldWeather(
            root.GetProperty("now") is { ValueKind: JsonValueKind.Object } current ? Part(Now(current)) : null,
            days.Count > 0 ? Part<IReadOnlyList<DayWeather>>(days) : null), root.GetProperty("fixture").GetBoolean());

        HeldPart<T> Part<T>(T value) =>
            new(value, source, observed, DateTimeOffset.MaxValue, stale, DateTimeOffset.MaxValue);
    }

    private static CurrentWeather Now(JsonElement now) => new(now.GetProperty("temperature").GetDecimal())
    {
        Code = (int?)Number(now, "code"),
    };

    private static DayWeather Day(JsonElement day) => new(DateOnly.ParseExact(
        day.GetProperty("date").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture))
    {
        Min = Number(day.GetProperty("temperature"), "min"),
        Max = Number(day.GetProperty("temperature"), "max"),
        RainPercent = Number(day, "rain_probability"),
        Code = (int?)Number(day, "code"),
    };

    private static decimal? Number(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDecimal() : null;

    /// <summary>What was told.</summary>
    internal sealed record Told(WeatherPlace Place, HeldWeather Held, bool IsFixture);
}
