using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

/// <summary>
/// The aggregator over a real database and real HTTP to a server of the test that plays Open-Meteo and met.no; only the
/// clock is the test's.
/// </summary>
internal sealed class WeatherRig : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();
    private readonly Database _database;
    private readonly SettingsFile _file;
    private readonly OutboundHttp _http;
    private readonly LiveOptions<WeatherOptions> _options;
    private int _asked;
    private int _open;

    private WeatherRig(FakeUpstream upstream, ManualTime time, Dictionary<string, string?> settings)
    {
        Upstream = upstream;
        Time = time;
        settings.TryAdd("Weather:Place", "Munich");
        settings["Weather:OpenMeteoAddress"] = new Uri(upstream.Address, "/v1/forecast").ToString();
        settings["Weather:MetNoAddress"] = new Uri(upstream.Address, "/compact").ToString();
        _file = new SettingsFile(_folder.Path);
        _options = new LiveOptions<WeatherOptions>(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), WeatherOptions.Section, _file,
            NullLogger<LiveOptions<WeatherOptions>>.Instance);
        _database = TestDatabase.Open(_folder);
        _http = new OutboundHttp(time);
        var store = new WeatherStore(_database);
        Places = new PlaceBook(new WeatherSetup(Offline: false, IsFixture: false), () => _options.Current, store);
        Weather = Create(store);
        Respond(Both(10.1m, 11.2m, 12.8m, 14m));
    }

    public FakeUpstream Upstream { get; }

    public ManualTime Time { get; }

    public PlaceBook Places { get; }

    public WeatherAggregator Weather { get; private set; }

    /// <summary>Calls that have reached the server.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Calls that the server still works on.</summary>
    public int Open => Volatile.Read(ref _open);

    public static async Task<WeatherRig> StartAsync(
        DateTimeOffset? now = null, params (string Name, string Value)[] settings)
    {
        await TestDatabase.ReadyAsync();
        return new WeatherRig(
            await FakeUpstream.StartAsync(), new ManualTime(now ?? TestWeather.Now),
            settings.ToDictionary(s => "Weather:" + s.Name, s => (string?)s.Value));
    }

    /// <summary>A good answer to both calls, wherever they are about: today from the 20th of November on.</summary>
    public static Func<HttpContext, Task> Both(decimal now, params decimal[] highest) => context =>
        TextAsync(context, IsForNow(context)
            ? TestWeather.Current(now) : TestWeather.Days("2026-11-20", highest));

    public static bool IsForNow(HttpContext context) => context.Request.Query.ContainsKey("current");

    public static bool IsMetNo(HttpContext context) => context.Request.Path == "/compact";

    public static Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted).AsTask();
    }

    public static async Task HangAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller has hung up.
        }
    }

    public void Respond(Func<HttpContext, Task> answer) => Upstream.Answer(async context =>
    {
        Interlocked.Increment(ref _asked);
        Interlocked.Increment(ref _open);
        try
        {
            await answer(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    });

    /// <summary>Another process over the same data folder.</summary>
    public void Restart()
    {
        Weather.Dispose();
        Weather = Create(new WeatherStore(_database));
    }

    public async Task<ForecastView> GetAsync(int days = 2, WeatherPlace? place = null) =>
        await Weather.GetAsync(place ?? Places.Default, days, TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(Guard, TestContext.Current.CancellationToken);

    /// <summary>Waits for a refresh that a request has begun behind its back.</summary>
    public async Task<ForecastView> RefreshedAsync() =>
        await Weather.RefreshAsync(Places.Default, TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(Guard, TestContext.Current.CancellationToken);

    /// <summary>What <c>/forecast</c> says, and <c>stale</c> if it does.</summary>
    public async Task<string> SayAsync()
    {
        var view = await GetAsync();
        return SeedText.Forecast(view) + (view.IsStale ? " (stale)" : "");
    }

    public UpstreamStatus Status(string source) => Weather.Upstreams.Single(u => u.Source.Name == source).Gate!.Status();

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public static DateTimeOffset At(string utc) =>
        DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public async ValueTask DisposeAsync()
    {
        Weather.Dispose();
        _http.Dispose();
        _options.Dispose();
        _file.Dispose();
        _database.Dispose();
        await Upstream.DisposeAsync();
        _folder.Dispose();
    }

    private WeatherAggregator Create(WeatherStore store) => new(
        WeatherService.Upstreams(_http, Places, () => _options.Current, store, 10, Time), _options, Time,
        NullLogger<WeatherAggregator>.Instance);
}
