#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// A middleware is made by a function that takes what comes after it, and wraps it: the first one is outermost.
//
// > timing: before
// > naming: before
// > the handler
// > naming: after
// > timing: after
// > Hello

using Rondo.Transport.Kestrel;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
var app = builder.Build();
app.Use(MiddlewareFactory("timing"));
app.Use(MiddlewareFactory("naming"));
app.MapGet("/", () =>
{
    Console.WriteLine("the handler");
    return "Hello";
});
app.Urls.Add("http://127.0.0.1:0");
await app.StartAsync();
using (var client = new HttpClient())
{
    var answer = await client.GetStringAsync(app.Urls.First());
    await app.StopAsync();
    Console.WriteLine(answer);
}

static Func<RequestDelegate, RequestDelegate> MiddlewareFactory(string name) => next => async context =>
{
    Console.WriteLine($"{name}: before");
    await next(context);
    Console.WriteLine($"{name}: after");
};
