using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Gateway.Framing;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Nodes;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Supervision;
using Rondo.Services.WebSockets;
using Rondo.Transport;

namespace Rondo.Services;

/// <summary>One process that runs one or all services: <c>rondo up</c> and <c>rondo serve</c>.</summary>
public static partial class RondoServer
{
    private const string DefaultUrls = "http://127.0.0.1:8080";
    private const string DefaultTlsUrls = "https://0.0.0.0:8443";
    private const int LargestBody = 64 * 1024;

    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    /// <summary>The names of the services there are.</summary>
    public static IReadOnlyList<string> AllServices { get; } = [.. ServiceTable.Rows.Select(r => r.Name)];

    /// <summary>What can run alone: the services, and the gateway before those of other processes.</summary>
    public static IReadOnlyList<string> AllNames { get; } =
        [.. AllServices.Append(Gateway.GatewayService.Name).Order(StringComparer.Ordinal)];

    /// <summary>The version of this build.</summary>
    public static string Version { get; } = ProductVersion.Text;

    /// <summary>
    /// Starts, prints where to find what on <paramref name="output"/>, serves until the process is asked to stop, and
    /// then finishes the requests in flight.
    /// </summary>
    /// <returns>
    /// The exit code: 0 after a clean stop, 1 or 2 with a message on <paramref name="error"/> when it cannot start.
    /// </returns>
    public static async Task<int> RunAsync(ServerOptions options, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            // A service alone has no others beside it that could follow.
            if (options.Service is null && PostgresAddress.Find(options.DatabaseFile) is { } database)
            {
                RefuseSplit(options);
                await RunNodeAsync(options, database, output);
                return ExitCode.Ok;
            }

            await using var app = Build(options);
            await StartAsync(app);
            await Welcome.WriteAsync(app, options.Service, output, options.OutputIsTerminal);
            app.Services.GetService<ServiceSupervisor>()?.Begin(error);
            app.Lifetime.ApplicationStopping.Register(() => ServiceManager.Tell(ServiceManager.Stopping));
            ServiceManager.Tell(ServiceManager.Ready);
            await app.WaitForShutdownAsync(options.Stopping);
            return ExitCode.Ok;
        }
        catch (StartException refused)
        {
            await error.WriteLineAsync("rondo: " + refused.Message);
            return refused.ExitCode;
        }
        catch (DatabaseException gone)
        {
            await error.WriteLineAsync("rondo: " + gone.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>Puts the process together without starting it.</summary>
    /// <param name="options">What the command line says.</param>
    /// <param name="configure">Replaces parts, for tests.</param>
    /// <param name="node">Where it runs as the leader of several nodes; null when it is alone.</param>
    /// <exception cref="StartException">Data folder, configuration or a file of rates cannot be used.</exception>
    internal static WebApplication Build(
        ServerOptions options, Action<IServiceCollection>? configure = null, NodeServer? node = null)
    {
        var folder = node?.Folder ?? DataFolder.Open(DataFolder.Resolve(options.DataFolder));
        var file = new SettingsFile(folder.Path);
        var front = options.Front is { } shared ? new SettingsFile(DataFolder.Resolve(shared)) : null;
        try
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "rondo" });
            front?.AddTo(builder.Configuration);
            Configure(builder, options, file);

            // By a factory, so that the container disposes of them in its order. A node keeps its folder.
            if (node is null)
            {
                builder.Services.AddSingleton(_ => folder);
            }
            else
            {
                builder.Services.AddSingleton(folder);
            }

            builder.Services.AddSingleton(_ => file);
            AddPlatform(builder, options);
            if (node is not null)
            {
                builder.Services.AddNode(node.Parts, node.Door);
            }

            builder.Services.AddStreams(
                node?.Database ?? PostgresAddress.Find(options.DatabaseFile), node?.Fence);
            builder.Services.AddSingleton(
                new AdminKeyFile(options.AdminKeyFile ?? builder.Configuration["AdminKeyFile"]));
            var setup = new ServiceSetup(
                options.Offline || Flag(builder.Configuration, "Offline"),
                options.Demo || Flag(builder.Configuration, "Demo"),
                (options.RatesFile ?? builder.Configuration["Rates"]) is { Length: > 0 } rates ? rates : null);
            if (setup.IsDemo)
            {
                RefuseOtherMachines(builder.Configuration["urls"]!);
            }

            options = options with { LogFormat = options.LogFormat ?? builder.Configuration["LogFormat"] };
            var composition = new ServiceComposition(options, setup, builder.Configuration["urls"]!);
            composition.Add(builder.Services);
            configure?.Invoke(builder.Services);
            var app = builder.Build();
            try
            {
                Map(app, composition);
                return app;
            }
            catch
            {
                ((IDisposable)app).Dispose();
                throw;
            }
        }
        catch
        {
            file.Dispose();
            front?.Dispose();
            if (node is null)
            {
                folder.Dispose();
            }

            throw;
        }
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="StartException">The address is taken or is none.</exception>
    internal static async Task StartAsync(WebApplication app)
    {
        try
        {
            RefuseUnknownHosts(app.Configuration["urls"]!);
            await app.StartAsync();
            app.Services.GetRequiredService<StartState>().HasStarted = true;
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            var urls = app.Configuration["urls"]!;
            var port = urls.Split(';')
                .Select(url => BindingAddress.Parse(url).Port)
                .FirstOrDefault(p => PortHolder.Find(p) is not null);
            var holder = port == 0 ? "another process" : $"{PortHolder.Find(port)} on port {port}";
            throw new StartException(
                $"The address {urls} is taken by {holder}. Stop it or choose another with --urls.");
        }
        catch (Exception error) when (error is IOException or SocketException or NativeException)
        {
            throw new StartException($"Cannot listen on '{app.Configuration["urls"]}': {error.Message}.");
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new StartException(
                $"'{app.Configuration["urls"]}' is no address to listen on: {error.Message}", ExitCode.Usage);
        }
    }

    // The server takes any name that is none of this machine's for "every interface": a typing error would open the
    // door.
    private static void RefuseUnknownHosts(string urls)
    {
        foreach (var address in urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse))
        {
            if (!address.IsUnixPipe && !address.IsNamedPipe && address.Host is not ("localhost" or "*" or "+")
                && !IPAddress.TryParse(address.Host, out _))
            {
                throw new FormatException(
                    $"'{address.Host}' is no address; name an IP address, 'localhost', or '*' for every interface.");
            }
        }
    }

    // The demo accepts a key that everybody knows.
    private static void RefuseOtherMachines(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.IsLoopback)
            {
                continue;
            }

            throw new StartException(
                $"The demo listens on this machine only, not on '{url}': its key is known to everybody.",
                ExitCode.Usage);
        }
    }

    private static void Configure(WebApplicationBuilder builder, ServerOptions options, SettingsFile file)
    {
        file.AddTo(builder.Configuration);
        if (file.Mistake is { } mistake)
        {
            throw new StartException(mistake);
        }

        builder.Configuration.AddEnvironmentVariables("RONDO_");
        if (options.Urls is { } urls)
        {
            builder.Configuration["urls"] = urls;
        }

        var settings = builder.Configuration.GetSection(TlsOptions.Section);
        Set(settings, nameof(TlsOptions.Certificate), options.Certificate);
        Set(settings, nameof(TlsOptions.CertificateKey), options.CertificateKey);
        for (var i = 0; i < options.Hosts.Count; i++)
        {
            Set(settings, $"{nameof(TlsOptions.Hosts)}:{i}", options.Hosts[i]);
        }

        // Behind another process of this machine, whose settings it shares, that one has it.
        var isTls = options.Front is null
            && (options.Tls || Flag(builder.Configuration, $"{TlsOptions.Section}:{nameof(TlsOptions.Enabled)}")
                || options.Certificate is not null || options.CertificateKey is not null);
        builder.Configuration["urls"] ??= isTls ? DefaultTlsUrls : DefaultUrls;
        if (isTls && !HasTls(builder.Configuration))
        {
            throw new StartException(
                $"TLS needs an address with https in --urls, such as {DefaultTlsUrls}; there is "
                    + $"'{builder.Configuration["urls"]}'.",
                ExitCode.Usage);
        }

        if (options.Split)
        {
            builder.Configuration["urls"] = LoopbackAddress.AddTo(builder.Configuration["urls"]!);
        }
    }

    private static void Set(IConfigurationSection settings, string name, string? value)
    {
        if (value is not null)
        {
            settings[name] = value;
        }
    }

    // What is no address is told when it is listened on.
    private static bool HasTls(IConfiguration configuration)
    {
        try
        {
            return TlsEndpoints.HasTls(configuration["urls"]!);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool Flag(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" or "0" => false,
        "1" => true,
        var text => bool.TryParse(text, out var flag)
            ? flag
            : throw new StartException($"{name} is true or false, not '{text}'.", ExitCode.Usage),
    };

    private static void AddPlatform(WebApplicationBuilder builder, ServerOptions options)
    {
        AddLogging(builder.Logging, builder.Configuration, options);
        var limits = ServerLimits.Read(builder.Configuration);
        var tls = HasTls(builder.Configuration) ? new TlsEndpoints(builder.Configuration["urls"]!) : null;
        if (tls is not null)
        {
            builder.Services.AddTls();
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            limits.ApplyTo(kestrel.Limits);
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                tls?.Use(endpoint);
                endpoint.UseStrictFraming();
            });
        });
        var transport = TransportChoice.Make(
            options.Transport ?? builder.Configuration["Transport"], OperatingSystem.IsLinux());
        transport.AddTo(builder.WebHost);
        builder.Services.AddSingleton(transport);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTime);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<MetricsCollector>();
        builder.Services.AddSingleton<OutboundHttp>();
        builder.Services.AddSingleton<Random>();
        if (Telemetry.Endpoint(builder.Configuration) is not null)
        {
            builder.Services.AddHostedService<Telemetry>();
        }
    }

    private static void Map(WebApplication app, ServiceComposition composition)
    {
        // First, so that it is let go of last; and where nothing else asks for it, too.
        app.Services.GetRequiredService<DataFolder>();
        app.Services.GetRequiredService<MetricsCollector>();
        app.UseStrictFraming();
        if (app.Services.GetService<NodeState>() is not null)
        {
            app.UseMiddleware<NodeProofMiddleware>();
            app.MapNodes();
        }

        app.Use(next => context => ConnectUpgrade.ShowAsync(context, next));
        app.UseMiddleware<ProblemMiddleware>();
        if (app.Services.GetService<ServerCertificates>() is not null)
        {
            app.UseMiddleware<PlainHttpMiddleware>();
            app.MapTrust();
        }

        composition.UseInFront(app);
        app.UseRouting();
        app.UseMiddleware<AnyOriginMiddleware>();
        app.UseMiddleware<ScopeMiddleware>();
        composition.Map(app);
    }

    /// <summary>The addresses it really listens on, after the start.</summary>
    internal static IReadOnlyList<string> Addresses(this WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    private sealed class StartState
    {
        public volatile bool HasStarted;
    }
}
