namespace Rondo.Services.Tests.Support;

/// <summary>The real server with all its parts, on a free port of this machine, with a data folder and a client of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestFolder _folder;

    private TestServer(WebApplication app, TestFolder folder)
    {
        _app = app;
        _folder = folder;
        Client = new HttpClient { BaseAddress = new Uri(app.Addresses()[0]), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public string DataFolder => _folder.Path;

    /// <summary>Starts offline with the rates that ship, or with those of <paramref name="ratesCsv"/>.</summary>
    public static async Task<TestServer> StartAsync(
        string? ratesCsv = null, TimeProvider? time = null, ServerOptions? options = null, string? settings = null)
    {
        var folder = new TestFolder();
        if (settings is not null)
        {
            folder.Write("appsettings.json", settings);
        }

        var app = RondoServer.Build(
            (options ?? new ServerOptions { Offline = true }) with
            {
                Urls = "http://127.0.0.1:0",
                DataFolder = folder.Path,
                RatesFile = ratesCsv is null ? options?.RatesFile : folder.Write("rates.csv", ratesCsv),
            },
            services =>
            {
                if (time is not null)
                {
                    services.AddSingleton(time);
                }
            });
        await RondoServer.StartAsync(app);
        return new TestServer(app, folder);
    }

    public async Task StopAsync() => await _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
