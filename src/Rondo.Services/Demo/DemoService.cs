namespace Rondo.Services.Demo;

/// <summary>The small servers of the talks inside <c>rondo up --demo</c>.</summary>
internal static class DemoService
{
    public static void AddDemo(this IServiceCollection services) => services.AddSingleton<DemoWork>();

    public static void MapDemo(this IEndpointRouteBuilder routes) =>
        ActivatorUtilities.CreateInstance<DemoEndpoints>(routes.ServiceProvider).Map(routes);
}
