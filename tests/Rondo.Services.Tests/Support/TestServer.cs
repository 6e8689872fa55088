using Microsoft.Extensions.Logging;
using Rondo.Services.Auth;

namespace Rondo.Services.Tests.Support;

/// <summary>
/// The real server with all its parts, on a free port of this machine, with a data folder and a client of its own. Its
/// transport is the default, unless <c>RONDO_TRANSPORT</c> names another for the whole suite; with
/// <c>RONDO_TEST_FOLLOWER=1</c> every request of the suite goes through a follower; what it stores is where
/// <see cref="TestDatabase"/> says.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    /// <summary>A Friday evening: the rates of the day are out.</summary>
    public static readonly DateTimeOffset Friday = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    /// <summary>For what must hold on each.</summary>
    public static TheoryData<string> Transports { get; } = ["auto", "sockets"];

    private static readonly bool s_isFollowed = Environment.GetEnvironmentVariable("RONDO_TEST_FOLLOWER") == "1";

    private readonly WebApplication _app;
    private readonly TestFolder _folder;
    private readonly TestFolder? _owned;
    private readonly FollowerFront? _front;
    private bool _stopped;

    private TestServer(WebApplication app, FollowerFront? front, TestFolder folder, TestFolder? owned)
    {
        _app = app;
        _front = front;
        _folder = folder;
        _owned = owned;
        Address = new Uri((front?.App ?? app).Addresses()[0]);
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Client { get; }

    public Uri Address { get; }

    /// <summary>Where the server itself listens, also if a follower is asked.</summary>
    public Uri OwnAddress => OwnAddresses[0];

    /// <summary>All that the server itself listens on; more than one only if a test has configured them.</summary>
    public IReadOnlyList<Uri> OwnAddresses => [.. _app.Addresses().Select(a => new Uri(a))];

    /// <summary>What stands between the client and the server, if anything does.</summary>
    public FollowerFront? Front => _front;

    public IServiceProvider Services => _app.Services;

    public string DataFolder => _folder.Path;

    /// <summary>What a command beside it is told to find the same.</summary>
    public string? DatabaseFile { get; private init; }

    /// <summary>Starts offline with the rates that ship, or with those of <paramref name="ratesCsv"/>.</summary>
    public static async Task<TestServer> StartAsync(
        string? ratesCsv = null, TimeProvider? time = null, ServerOptions? options = null, string? settings = null,
        LogCapture? logs = null, TestFolder? folder = null, Action<IServiceCollection>? configure = null,
        bool isFollowed = false)
    {
        var owned = folder is null ? new TestFolder() : null;
        folder ??= owned!;
        if (settings is not null)
        {
            folder.Write("appsettings.json", settings);
        }

        await TestDatabase.ReadyAsync();
        var all = (options ?? new ServerOptions { Offline = true }) with
        {
            Urls = options?.Urls ?? "http://127.0.0.1:0",
            DataFolder = folder.Path,
            DatabaseFile = options?.DatabaseFile ?? TestDatabase.FileIn(folder),
            RatesFile = ratesCsv is null ? options?.RatesFile : folder.Write("rates.csv", ratesCsv),
        };
        var front = isFollowed || (s_isFollowed && all.Service is null) ? new FollowerFront(all) : null;
        var app = RondoServer.Build(
            all,
            services =>
            {
                if (time is not null)
                {
                    services.AddSingleton(time);
                }

                configure?.Invoke(services);
                if (logs is not null)
                {
                    services.AddSingleton<ILoggerProvider>(logs);
                }
            },
            front?.Leader);
        await RondoServer.StartAsync(app);
        if (front is not null)
        {
            await front.StartAsync(app);
        }

        return new TestServer(app, front, folder, owned) { DatabaseFile = all.DatabaseFile };
    }

    /// <summary>The key of the first start; a server gives it once.</summary>
    public string CreateAdminKey() => Services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone()!.Text;

    /// <summary>The answer to a request with any method, headers (<c>Name: value</c>) and body.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> SendAsync(
        string method, string path, HttpContent? content = null, params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var header in headers)
        {
            var (name, value) = (header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..].Trim());
            Assert.True(
                request.Headers.TryAddWithoutValidation(name, value)
                || content!.Headers.TryAddWithoutValidation(name, value));
        }

        var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<(HttpResponseMessage Response, string Body)> GetAsync(string path, params string[] headers) =>
        SendAsync("GET", path, null, headers);

    /// <summary>Another process is in the middle of writing to the tables until this is disposed of.</summary>
    public Task<IAsyncDisposable> HoldTablesAsync() => TestDatabase.HoldAsync(_folder);

    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await _app.StopAsync();
            if (_front is not null)
            {
                await _front.StopAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        _owned?.Dispose();
    }
}
