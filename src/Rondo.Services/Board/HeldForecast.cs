using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>The weather of the weather service in this process.</summary>
internal sealed class HeldForecast(WeatherAggregator weather, PlaceBook places, TimeProvider time) : IBoardWeather
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private ForecastView? _weather;
    private Task<ForecastView>? _asked;
    private bool _hasWaited;

    // Invented weather says nothing about where the board hangs.
    public TimeZoneInfo Zone => places.IsFixture ? TimeZoneInfo.Local : places.Default.Zone;

    // What is held is there at once; who has to ask a server may take as long as it likes, and is shown next time. But
    // the very first look waits a moment, for a page that is complete.
    public async ValueTask<ForecastView?> ReadAsync()
    {
        var asked = _asked ??= weather.GetAsync(places.Default, 2, CancellationToken.None).AsTask();
        if (!asked.IsCompleted && !_hasWaited)
        {
            _hasWaited = true;
            using var over = new CancellationTokenSource(FirstWait, time);
            await Task.WhenAny(asked, Task.Delay(Timeout.InfiniteTimeSpan, time, over.Token));
        }

        if (asked.IsCompleted)
        {
            _asked = null;
            _weather = asked.IsCompletedSuccessfully && await asked is { IsEmpty: false } view ? view : null;
        }

        return _weather;
    }
}
