using Microsoft.AspNetCore.Hosting.Server;
using Rondo.Services.Announcements;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Board;
using Rondo.Services.Currency;
using Rondo.Services.Demo;
using Rondo.Services.Gateway;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Noise;
using Rondo.Services.Registry;
using Rondo.Services.Registry.Joining;
using Rondo.Services.Supervision;

namespace Rondo.Services;

/// <summary>
/// Puts the chosen services into a process, with what they need of each other: keys of its own or of the auth service,
/// a place in a registry.
/// </summary>
internal sealed class ServiceComposition
{
    // Long enough for a first lookup and a slow answer; whoever waits has a client waiting.
    private static readonly TimeSpan CheckDeadline = TimeSpan.FromSeconds(2);

    private readonly ServerOptions _options;
    private readonly IReadOnlyList<ServiceRow> _rows;
    private readonly bool _isGateway;
    private readonly ServiceSetup _setup;
    private readonly Uri? _registry;
    private readonly KeyFile? _key;
    private readonly Uri? _advertised;

    /// <exception cref="StartException">The options contradict each other, or the key file cannot be used.</exception>
    public ServiceComposition(ServerOptions options, ServiceSetup setup, string urls)
    {
        _options = options;
        _isGateway = options.Service == GatewayService.Name;
        _rows = options.Split
            ? [.. ServiceTable.Rows.Except(ServiceTable.Apart)]
            : ServiceTable.Choose(options.Service);
        _setup = setup;
        Refuse(options);
        _registry = options.Registry is { } registry ? RegistryLink.ParseUrl(registry) : null;
        _advertised = OwnAddress.Parse(options.Advertise, urls, _registry is not null && !_isGateway);
        _key = options.Registry is null ? null : KeyFile.Find(options.KeyFile);
    }

    // Whether what the user has started is here: what is for people, and stands before the services.
    private bool IsAll => _options.Split || _rows.Count == ServiceTable.Rows.Count;

    private bool HasGateway => IsAll || _isGateway;

    private bool HasRegistry => Runs(RegistryService.Name);

    // Who is asked for keys cannot ask for them.
    private bool HasKeys => _registry is null || Runs(AuthService.Name);

    public void Add(IServiceCollection services)
    {
        services.AddCredentials();
        if (HasKeys)
        {
            services.AddKeys(_setup.IsDemo);
        }
        else
        {
            services.AddRemoteKeys(provider =>
                provider.GetRequiredService<RegistryLink>().ByName(CheckDeadline));
        }

        foreach (var row in _rows)
        {
            row.Add(services, _setup);
        }

        services.AddSingleton(new OwnServices([.. _rows.Select(r => new OwnService(r.Name, r.Routes))]));
        services.AddSingleton(provider => new OwnAddress(
            provider.GetRequiredService<IServer>(), _advertised, isForThisMachine: _options.Split));
        if (HasRegistry)
        {
            services.AddLocalInstances();
        }
        else if (_registry is not null)
        {
            services.AddRegistryLink(_registry, _key!);
            if (_isGateway)
            {
                services.AddFollowedRegistry();
                services.AddAuth();
            }
            else
            {
                services.AddSelfRegistration();
            }
        }

        if (_options.Split)
        {
            services.AddSingleton(new ExpectedServices(
                [.. ServiceTable.Apart.Select(r => new OwnService(r.Name, r.Routes))]));
            services.AddSupervision(new SupervisionSetup(
                [.. ServiceTable.Apart.Select(r => r.Name)],
                ChildArguments.Of(_options, _setup),
                _options.LogFormat is "json"));
        }

        if (HasGateway)
        {
            services.AddGateway();
        }
        else if (_options.Front is not null)
        {
            services.AddBehindGateway();
            var things = (Runs(NoiseService.Name) ? AnnouncedThings.Noise : AnnouncedThings.None)
                | (Runs(CurrencyService.Name) ? AnnouncedThings.Rates : AnnouncedThings.None);
            if (things is not AnnouncedThings.None && _registry is { } gateway && _key is { } key)
            {
                services.AddRemoteAnnouncements(things, provider => new RemoteSpeaker(
                    () => gateway, () => key.Text, provider.GetRequiredService<TimeProvider>()));
            }
        }

        if (IsAll)
        {
            AddHome(services);
            if (_setup.IsDemo)
            {
                services.AddDemo();
            }
        }
    }

    private void AddHome(IServiceCollection services)
    {
        if (_options.Split)
        {
            services.AddRemoteBoard();
            services.AddRemoteAnnouncements(AnnouncedThings.Services, provider =>
            {
                var address = provider.GetRequiredService<OwnAddress>();
                var keys = provider.GetRequiredService<ServiceKeys>();
                return new RemoteSpeaker(
                    () => address.Url, () => keys.OfThisProcess, provider.GetRequiredService<TimeProvider>());
            });
            return;
        }

        services.AddAnnouncements();
        services.AddBoard();
    }

    /// <summary>Adds what sees each request before the platform's routing does.</summary>
    public void UseInFront(IApplicationBuilder app)
    {
        if (HasGateway)
        {
            app.UseGateway();
        }
        else if (_options.Front is not null)
        {
            app.UseFront();
        }
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetService<AuthMetrics>();
        routes.MapOperations();
        routes.MapMetrics().RequireScope("metrics:read", openOnLoopback: true);
        if (_rows.Any(r => r.HasPages))
        {
            routes.MapAssets();
        }

        foreach (var row in _rows)
        {
            row.Map(routes, _setup);
        }

        if (IsAll)
        {
            routes.MapBoard(ServiceTable.PathOf);
            if (_setup.IsDemo)
            {
                routes.MapDemo();
            }
        }

        if (_options.Split)
        {
            routes.MapSupervision();
        }

        if (HasGateway)
        {
            routes.MapGateway();
        }
    }

    private bool Runs(string name) => _rows.Any(r => r.Name == name);

    private void Refuse(ServerOptions options)
    {
        if (_isGateway && options.Registry is null)
        {
            throw new StartException(
                "A gateway alone finds services in a registry: --registry URL --key-file FILE.", ExitCode.Usage);
        }

        if (_rows.Count == 0 && !_isGateway)
        {
            throw new StartException(
                $"There is no service '{options.Service}'; there are {string.Join(", ", RondoServer.AllNames)}.",
                ExitCode.Usage);
        }

        if (options.Registry is null
            ? options.KeyFile is not null
            : options.KeyFile is null && !KeyFile.IsInEnvironment)
        {
            throw new StartException(
                "--registry and --key-file belong together: where to register, and the key for that, which RONDO_KEY "
                    + "may hold instead.",
                ExitCode.Usage);
        }

        if (options.Registry is not null && HasRegistry)
        {
            throw new StartException(
                "The registry is in this process: leave --registry and --key-file out.", ExitCode.Usage);
        }
    }
}
