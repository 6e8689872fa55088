using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;

namespace Rondo.Workshop;

/// <summary>The server that exercises ask: as <c>examples/upstream.cs</c>, without its second, and it counts.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private const string Rates = """{"base":"EUR","rates":{"USD":1.22,"GBP":0.884}}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _asked = [];
    private readonly TaskCompletionSource _bothDays = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _days;

    private Upstream(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First() + "/");

    /// <summary>
    /// Whether both days are to be asked for at once: the first waits for the second, but not for ever.
    /// </summary>
    public bool WaitsForBothDays { get; set; }

    /// <summary>Whether the second day was asked for while the first had no answer.</summary>
    public bool SawBothDays => _bothDays.Task.IsCompletedSuccessfully;

    public static async Task<Upstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEventLoop();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var upstream = new Upstream(app);
        upstream.Map();
        await app.StartAsync();
        return upstream;
    }

    /// <summary>How often this path was asked for.</summary>
    public int Asked(string path) => _asked.GetValueOrDefault(path);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Map()
    {
        _app.Use((context, next) =>
        {
            _asked.AddOrUpdate(context.Request.Path, 1, (_, count) => count + 1);
            return next();
        });
        _app.MapGet("/latest", () => Results.Text(Rates, "application/json"));
        _app.MapGet("/workshop/weather/{day}", DayAsync);
        _app.MapMethods("/workshop/auth", ["GET", "POST"], AuthAsync);
    }

    private async Task<IResult> DayAsync(string day)
    {
        if (Interlocked.Increment(ref _days) == 2)
        {
            _bothDays.TrySetResult();
        }

        if (WaitsForBothDays)
        {
            await Task.WhenAny(_bothDays.Task, Task.Delay(Patience));
        }

        Interlocked.Decrement(ref _days);
        var more = day switch
        {
            "today" => """, "temperature": "10.1 C", "rain_probability": "90 %" """,
            "tomorrow" => """, "temperature": "12.8 C", "rain_probability": "20 %" """,
            _ => "",
        };
        return Results.Text($$"""{"city": "Munich", "country": "Germany"{{more.TrimEnd()}}}""", "application/json");
    }

    // As the talk has it: always 200, the last key counts.
    private static async Task<IResult> AuthAsync(HttpRequest request)
    {
        var form = request.HasFormContentType ? (await request.ReadFormAsync())["key"] : default;
        var key = request.Query["key"].Concat(form).LastOrDefault()?.Trim();
        return Results.Text(key == "supersecret" ? "1" : "0", "text/html");
    }
}
