using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Chat.Page;

/// <summary>Puts the chat's page together.</summary>
internal static class ChatPageService
{
    public static void AddChatPage(this IServiceCollection services) =>
        services.AddSingleton(new PageLink("/chat", "Chat"));

    public static void MapChatPage(this IEndpointRouteBuilder routes) =>
        ActivatorUtilities.CreateInstance<ChatPageEndpoints>(routes.ServiceProvider).Map(routes);
}
