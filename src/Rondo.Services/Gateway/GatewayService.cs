using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rondo.Services.Gateway.Http;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace Rondo.Services.Gateway;

/// <summary>Puts the gateway together: routes, rules, and the way to who forwards.</summary>
internal static class GatewayService
{
    public const string Name = "gateway";

    public static void AddGateway(this IServiceCollection services)
    {
        services.AddSingleton<LiveOptions<GatewayOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<GatewayOptions>>(provider, GatewayOptions.Section));
        services.AddHttpForwarder();
        services.AddSingleton<IForwarder>(provider => new ProtocolForwarder(
            new LoopForwarder(provider.GetRequiredService<TimeProvider>()),
            () => new YarpForwarder(
                provider.GetRequiredService<IHttpForwarder>(), provider.GetRequiredService<TimeProvider>(),
                HttpVersion.Version20)));
        services.TryAddSingleton(ExpectedServices.None);
        services.AddSingleton<RouteStore>();
        services.AddSingleton<RouteBook>();
        services.AddSingleton<BuiltInPaths>();
        services.AddSingleton<OwnAddresses>();
        services.AddSingleton<HopTrail>();
        services.AddSingleton<IdentityTokens>();
        services.AddSingleton<InstanceTraffics>();
        services.AddSingleton<InstanceChooser>();
        services.AddSingleton<OutgoingRequest>();
        services.AddSingleton<RequestRules>();
        services.AddSingleton<RouteGuard>();
        services.AddSingleton<AccessLine>();
        services.AddSingleton<RouteForwarding>();
        services.AddSingleton<RouteExplanation>();
        services.AddSingleton<GatewayStatus>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<GatewayWorker>());
        services.AddSingleton<GatewayWarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<GatewayWarmUp>());
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<GatewayWorker>());
    }

    /// <summary>What a service has that runs behind the gateway of its own machine.</summary>
    public static void AddBehindGateway(this IServiceCollection services) =>
        services.AddSingleton<LiveOptions<GatewayOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<GatewayOptions>>(provider, GatewayOptions.Section));

    /// <summary>Lets a service see clients as the gateway does.</summary>
    public static void UseFront(this IApplicationBuilder app) => app.UseMiddleware<FrontMiddleware>();

    /// <summary>Lets the gateway see each request before the platform's routing does.</summary>
    public static void UseGateway(this IApplicationBuilder app) => app.UseMiddleware<GatewayMiddleware>();

    public static void MapGateway(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<GatewayMetrics>();
        ActivatorUtilities.CreateInstance<RouteEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<ExplainEndpoints>(services).Map(routes);
    }
}
