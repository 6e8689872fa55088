#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 1, exercise 12: middleware
// What every answer needs is written once. A middleware takes what comes after it and wraps it: here one that numbers
// the requests, and one that makes a plain answer of an exception.
//
// $ dotnet run docs/workshop/part1/12_middleware.cs
// $ curl http://127.0.0.1:8080/
// > Hello, you are visitor 1
// ? Set context.Items["visitor"] before 'await next(context)': what comes after it sees it.
// $ curl -w ' %{http_code}' http://127.0.0.1:8080/broken
// > Sorry, visitor 2. 503
// ? try { await next(context); } catch (TimeoutException) { set the status, then write the text }
// $ curl http://127.0.0.1:8080/
// > Hello, you are visitor 3

using Rondo.Transport.Kestrel;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
app.Use(CountVisitors());
app.Use(SayTheyAreSorry);
app.MapGet("/", (HttpContext context) => $"Hello, you are visitor {context.Items["visitor"]}");
app.MapGet("/broken", string () => throw new TimeoutException("The database does not answer."));
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

// A factory: the counter lives as long as the middleware it makes.
static Func<RequestDelegate, RequestDelegate> CountVisitors()
{
    var visitors = 0;
    return next => async context =>
    {
        context.Items["visitor"] = Interlocked.Increment(ref visitors);
        await next(context);
    };
}

static RequestDelegate SayTheyAreSorry(RequestDelegate next) => async context =>
{
    try
    {
        await next(context);
    }
    catch (TimeoutException)
    {
        context.Response.StatusCode = 503;
        await context.Response.WriteAsync($"Sorry, visitor {context.Items["visitor"]}.");
    }
};
