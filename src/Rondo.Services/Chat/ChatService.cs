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
    }

    public static void MapChat(this IEndpointRouteBuilder routes) =>
        ActivatorUtilities.CreateInstance<ChatEndpoints>(routes.ServiceProvider).Map(routes);

    private static RoomDirectory Directory(IServiceProvider services)
    {
        var options = services.GetRequiredService<LiveOptions<ChatOptions>>();
        return new RoomDirectory(new RoomParts(
            services.GetRequiredService<IEventStore>(),
            services.GetRequiredService<ChatLoop>().Loop,
            () => options.Current,
            services.GetRequiredService<ILogger<Room>>()));
    }
}
