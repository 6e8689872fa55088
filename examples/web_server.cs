#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// Any ASP.NET Core application runs on event loops after one line. This one asks itself and stops.
//
// > Hello, Ada
// > Hello, Anonymous

using Rondo.Transport.Kestrel;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
var app = builder.Build();
app.MapGet("/hello/{name}", (string name) => $"Hello, {name}");
app.MapGet("/hello", () => "Hello, Anonymous");
app.Urls.Add("http://127.0.0.1:0");
await app.StartAsync();
using (var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) })
{
    Console.WriteLine(await client.GetStringAsync("/hello/Ada"));
    Console.WriteLine(await client.GetStringAsync("/hello"));
}

await app.StopAsync();
