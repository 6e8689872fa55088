using Microsoft.Extensions.Logging;

namespace Rondo.Benchmarks;

/// <summary>
/// What our routes are held against: stock Kestrel and a minimal API that answers a constant, with the template's
/// logging.
/// </summary>
internal static class Baseline
{
    public static async Task RunAsync(string port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:" + port);
        app.MapGet("/convert/GBP/100", () => "GBP 88.4");
        app.MapGet("/allocated", () => GC.GetTotalAllocatedBytes());
        await app.RunAsync();
    }
}
