using Microsoft.AspNetCore.Hosting.Server;
using Rondo.Services.Board.Http;
using Rondo.Services.Currency;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Supervision;

namespace Rondo.Services.Board;

/// <summary>Puts the board together.</summary>
internal static class BoardComposition
{
    public static void AddBoard(this IServiceCollection services)
    {
        services.AddSingleton<IBoardRooms, NoiseRooms>();
        services.AddSingleton<IBoardChat, BoardChat>();
        services.AddSingleton<IBoardRates, HeldRates>();
        services.AddSingleton<IBoardWeather, HeldForecast>();
        services.AddParts();
    }

    /// <summary>The same of services that are found in the registry.</summary>
    public static void AddRemoteBoard(this IServiceCollection services)
    {
        services.AddSingleton<ServiceCalls>();
        services.AddSingleton<IBoardRooms, RemoteRooms>();
        services.AddSingleton<IBoardChat, RemoteChat>();
        services.AddSingleton<IBoardRates, RemoteRates>();
        services.AddSingleton<IBoardWeather, RemoteWeather>();
        services.AddSingleton<CurrencyConverter>();
        services.AddParts();
    }

    private static void AddParts(this IServiceCollection services)
    {
        services.AddSingleton<BoardStore>();
        services.AddSingleton<BoardReader>();
        services.AddSingleton<BoardTiles>();
        services.AddSingleton<BoardFeed>();
        services.AddSingleton<BoardDays>();
        services.AddSingleton<BoardConverter>();
        services.AddSingleton(s => new BoardAddress(s.GetRequiredService<IServer>(), () => HostNames.Look([])));
        services.AddSingleton<BoardStream>();
        services.AddSingleton(new PageLink("/noise", "Noise"));
    }

    /// <param name="routes">Where to.</param>
    /// <param name="pathOf">What a service of ours has that needs no key.</param>
    public static void MapBoard(this IEndpointRouteBuilder routes, Func<string, string> pathOf)
    {
        ActivatorUtilities.CreateInstance<BoardEndpoints>(routes.ServiceProvider).Map(routes, pathOf);
        ActivatorUtilities.CreateInstance<SetupEndpoints>(routes.ServiceProvider).Map(routes);
    }
}
