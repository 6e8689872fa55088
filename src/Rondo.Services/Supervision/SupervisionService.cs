using Rondo.Services.Auth.Http;
using Rondo.Services.Supervision.Http;

namespace Rondo.Services.Supervision;

/// <summary>Puts the supervision together, in the process that the user has started.</summary>
internal static class SupervisionService
{
    private const string Scope = "supervision:read";

    public static void AddSupervision(this IServiceCollection services, SupervisionSetup setup)
    {
        services.AddSingleton(setup);
        services.AddSingleton<ServiceKeys>();
        services.AddSingleton<ServiceSupervisor>();
        services.AddSingleton<SupervisionMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<ServiceSupervisor>());
    }

    public static void MapSupervision(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<SupervisionMetrics>();
        ActivatorUtilities.CreateInstance<SupervisionEndpoints>(routes.ServiceProvider).Map(routes)
            .RequireScope(Scope, openOnLoopback: true);
    }
}
