using Microsoft.AspNetCore.Hosting.Server;
using Rondo.Services.Board.Http;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Hosting.Tls;

namespace Rondo.Services.Board;

/// <summary>Puts the board together.</summary>
internal static class BoardComposition
{
    public static void AddBoard(this IServiceCollection services)
    {
        services.AddSingleton<IBoardRooms, NoiseRooms>();
        services.AddSingleton<BoardStore>();
        services.AddSingleton<BoardChat>();
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
