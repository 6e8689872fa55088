#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// The hello server, on event loops.
//
// $ dotnet run examples/hello.cs
// $ curl http://127.0.0.1:8080/Ada
// > Hello, Ada
// $ curl http://127.0.0.1:8080/
// > Hello, Anonymous

using Rondo.Transport.Kestrel;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{(args is [var port, ..] ? port : "8080")}");
var app = builder.Build();
app.MapGet("/{name=Anonymous}", (string name) => "Hello, " + name);
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();
