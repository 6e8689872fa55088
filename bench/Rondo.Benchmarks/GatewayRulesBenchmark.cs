using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services;
using Rondo.Services.Auth;
using Rondo.Services.Gateway;
using Rondo.Services.Gateway.Http;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Registry;

namespace Rondo.Benchmarks;

/// <summary>
/// Nanoseconds and bytes of the gateway's own rules for a request: judge its target, find its route among a hundred,
/// let it in, choose an instance, write what goes out. Against the head of the request copied field by field, which no
/// proxy can do without.
/// </summary>
[MemoryDiagnoser]
public class GatewayRulesBenchmark : IDisposable
{
    private readonly ForwardRequest _made = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-bench-").FullName;
    private WebApplication _app = null!;
    private RequestRules _rules = null!;
    private RouteGuard _guard = null!;
    private InstanceChooser _chooser = null!;
    private OutgoingRequest _outgoing = null!;
    private ServiceRegistry _registry = null!;
    private DefaultHttpContext _open = null!;
    private DefaultHttpContext _guarded = null!;
    private DefaultHttpContext _own = null!;
    private GatewayMiddleware _middleware = null!;

    /// <summary>A server with a hundred routes; two instances are behind those that are asked.</summary>
    [GlobalSetup]
    public void Start() => StartAsync().GetAwaiter().GetResult();

    /// <summary>The fields copied.</summary>
    [Benchmark(Baseline = true)]
    public int Copy()
    {
        var fields = new List<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>>(16);
        foreach (var field in _open.Request.Headers)
        {
            fields.Add(field);
        }

        return fields.Count;
    }

    /// <summary>On a route without keys.</summary>
    [Benchmark]
    public int Public() => Decide(_open);

    /// <summary>With the check of a key, and a token for the service.</summary>
    [Benchmark]
    public int Guarded() => Decide(_guarded);

    /// <summary>
    /// A path of our own, <c>/convert/GBP/100</c>, through all of the gateway to where the platform's routing begins.
    /// </summary>
    [Benchmark]
    public bool Own() => _middleware.InvokeAsync(_own).IsCompletedSuccessfully;

    /// <summary>Stops the server and removes the folder.</summary>
    public void Dispose()
    {
        ((IDisposable?)_app)?.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task StartAsync()
    {
        _app = RondoServer.Build(
            new ServerOptions { DataFolder = _folder, Urls = "http://127.0.0.1:0", Offline = true });
        await RondoServer.StartAsync(_app);
        var services = _app.Services;
        (_rules, _guard) = (services.GetRequiredService<RequestRules>(), services.GetRequiredService<RouteGuard>());
        (_chooser, _outgoing) =
            (services.GetRequiredService<InstanceChooser>(), services.GetRequiredService<OutgoingRequest>());
        _registry = services.GetRequiredService<ServiceRegistry>();
        await services.GetRequiredService<RegistryLoop>().AskAsync(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await _registry.RegisterAsync($"service-{i}", "a", Plan($"/service-{i}/**", i), Claim.Nobody);
            }

            return await _registry.RegisterAsync("service-7", "b", Plan("/service-7/**", 200), Claim.Nobody);
        });
        services.GetRequiredService<RouteBook>().Stored = new Dictionary<string, RouteConfig>
        {
            ["open"] = new()
            {
                Id = "open",
                Source = RouteSource.Stored,
                Path = PathPattern.Parse("/open/**").Pattern!,
                Service = "service-7",
                Auth = RouteAuth.Public,
            },
        };
        var key = services.GetRequiredService<KeyStore>().CreateAdminKeyIfNone()!.Text;
        _middleware = ActivatorUtilities.CreateInstance<GatewayMiddleware>(
            services, (RequestDelegate)(_ => Task.CompletedTask));
        _own = Request("/convert/GBP/100", null);
        (_open, _guarded) = (Request("/open/jobs/17?page=2", null), Request("/service-7/jobs/17?page=2", key));
    }

    private static Registration Plan(string route, int i) =>
        new() { Url = $"http://10.0.0.{i}:8080", Ttl = TimeSpan.FromHours(24), Routes = [route] };

    private int Decide(HttpContext context)
    {
        var decision = _rules.Decide(context);
        var check = _guard.CheckAsync(context, decision.Route!, decision.Peer.Address);
        if (!check.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The check of a key waits.");
        }

        var config = decision.Route!.Config;
        var service = _registry.Current!.Find(config.Service)!;
        var choice = _chooser.Choose(service, new PickRequest(config.Pick), null);
#pragma warning disable CA1849, RS0030 // It has completed.
        _outgoing.Write(context, decision, choice.Traffic!, check.Result.Key, null, false, _made);
#pragma warning restore CA1849, RS0030
        return _made.Headers.Count;
    }

    private static DefaultHttpContext Request(string target, string? key)
    {
        var context = new DefaultHttpContext();
        var feature = context.Features.Get<IHttpRequestFeature>()!;
        (feature.Method, feature.RawTarget, feature.Protocol, feature.Scheme) = ("GET", target, "HTTP/1.1", "http");
        (feature.Path, feature.QueryString) = (target.Split('?')[0], "?page=2");
        feature.Headers.Host = "desk.example.org";
        feature.Headers.UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        feature.Headers.Accept = "text/html,application/xhtml+xml";
        feature.Headers.AcceptLanguage = "en";
        feature.Headers.AcceptEncoding = "gzip, deflate, br";
        feature.Headers.Connection = "keep-alive";
        feature.Headers.Cookie = "theme=dark";
        if (key is not null)
        {
            feature.Headers.Authorization = "Bearer " + key;
        }

        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        return context;
    }
}
