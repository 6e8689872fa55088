#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// The slow server of the talks, which the others ask: weather, auth, broadcast, and rates. Every answer takes a second,
// or as many as the second argument says.
//
// $ dotnet run examples/upstream.cs
// $ curl http://127.0.0.1:1234/workshop/weather/today
// > {"city": "Munich", "country": "Germany", "temperature": "10.1 C", "rain_probability": "90 %"}
// $ curl http://127.0.0.1:1234/workshop/weather/tomorrow
// > {"city": "Munich", "country": "Germany", "temperature": "12.8 C", "rain_probability": "20 %"}
// $ curl http://127.0.0.1:1234/workshop/weather/someday
// > {"city": "Munich", "country": "Germany"}
// $ curl http://127.0.0.1:1234/workshop/auth?key=wrong&key=supersecret
// > 1
// $ curl http://127.0.0.1:1234/workshop/auth?key=supersecret&key=wrong
// > 0
// $ curl http://127.0.0.1:1234/latest
// > {"base":"EUR","rates":{"USD":1.22,"GBP":0.884}}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Rondo.Transport.Kestrel;

var delay = TimeSpan.FromSeconds(args is [_, var seconds] ? double.Parse(seconds, CultureInfo.InvariantCulture) : 1);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{(args is [var port, ..] ? port : "1234")}");
var app = builder.Build();
app.UseWebSockets();

app.MapGet("/workshop/weather/{word}", async (string word) =>
{
    if (!word.All(c => char.IsLetterOrDigit(c) || c == '_'))
    {
        return Results.NotFound();
    }

    await Task.Delay(delay);
    var more = word switch
    {
        "today" => ", \"temperature\": \"10.1 C\", \"rain_probability\": \"90 %\"",
        "tomorrow" => ", \"temperature\": \"12.8 C\", \"rain_probability\": \"20 %\"",
        _ => "",
    };
    return Results.Text($"{{\"city\": \"Munich\", \"country\": \"Germany\"{more}}}", "application/json; charset=UTF-8");
});

// As the talk has it: always 200, the last key counts.
app.MapMethods("/workshop/auth", ["GET", "POST"], async (HttpRequest request) =>
{
    var form = request.HasFormContentType ? (await request.ReadFormAsync())["key"] : default;
    var key = request.Query["key"].Concat(form).LastOrDefault()?.Trim();
    return Results.Text(key == "supersecret" ? "1" : "0", "text/html; charset=UTF-8");
});

app.MapGet("/latest", async () =>
{
    await Task.Delay(delay);
    return Results.Text("""{"base":"EUR","rates":{"USD":1.22,"GBP":0.884}}""", "application/json");
});

// Every frame goes to everybody, the sender too.
var members = new ConcurrentDictionary<WebSocket, bool>();
var turn = new SemaphoreSlim(1);
app.Map("/broadcast", async (HttpContext context) =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = 400;
        return;
    }

    using var member = await context.WebSockets.AcceptWebSocketAsync();
    members[member] = true;
    try
    {
        var frame = new byte[4096];
        while (await member.ReceiveAsync(frame, default) is { MessageType: not WebSocketMessageType.Close } part)
        {
            // Sends to one socket must not overlap.
            await turn.WaitAsync();
            try
            {
                foreach (var other in members.Keys.Where(m => m.State == WebSocketState.Open))
                {
                    await other.SendAsync(frame.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, default);
                }
            }
            finally
            {
                turn.Release();
            }
        }
    }
    catch (WebSocketException)
    {
        // Gone without a word.
    }
    finally
    {
        members.TryRemove(member, out _);
    }
});

await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();
