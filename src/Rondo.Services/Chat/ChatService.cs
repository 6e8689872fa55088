using Rondo.Services.Auth;
using Rondo.Services.Chat.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>Puts the chat together: its loop, its rooms, its routes.</summary>
internal static class ChatService
{
    public const string Name = "chat";

    public static void AddChat(this IServiceCollection services)
    {
        services.AddSingleton<LiveOptions<ChatOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<ChatOptions>>(provider, ChatOptions.Section));
        services.AddSingleton<ChatLoop>();
        services.AddSingleton(Directory);
        services.AddSingleton<CallerOf>();
        services.AddSingleton<ChatSockets>();
        services.AddSingleton<ChatDesk>();
        services.AddSingleton<HookStore>();
        services.AddHostedService<WebhookSender>();
    }

    public static void MapChat(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        ActivatorUtilities.CreateInstance<ChatEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<RoomEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<SeedEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<HookEndpoints>(services).Map(routes);
    }

    private static RoomDirectory Directory(IServiceProvider services)
    {
        var options = services.GetRequiredService<LiveOptions<ChatOptions>>();
        var store = services.GetRequiredService<IEventStore>();
        var loop = services.GetRequiredService<ChatLoop>();
        var parts = new RoomParts(
            store,
            loop.Loop,
            () => options.Current,
            new SendLimits(loop.Loop.TimeProvider, () => options.Current),
            new WordFilter(() => options.Current),
            new RoomStore(store),
            services.GetRequiredService<AuditTrail>(),
            services.GetRequiredService<ILogger<Room>>());
        return new RoomDirectory(parts, loop);
    }
}
