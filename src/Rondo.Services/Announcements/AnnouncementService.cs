using Rondo.Services.Hosting;
using Rondo.Services.Registry;
using Rondo.Services.Streams;

namespace Rondo.Services.Announcements;

/// <summary>Puts the announcements together.</summary>
internal static class AnnouncementService
{
    /// <summary>Where all services are in one process.</summary>
    public static void AddAnnouncements(this IServiceCollection services)
    {
        services.AddSingleton<ISpeaker, RoomSpeaker>();
        services.AddAnnouncer(AnnouncedThings.All);
    }

    /// <summary>Where the chat is in another process.</summary>
    /// <param name="services">Where they are added.</param>
    /// <param name="things">Of what this process tells.</param>
    /// <param name="speaker">Makes who says it.</param>
    public static void AddRemoteAnnouncements(
        this IServiceCollection services, AnnouncedThings things, Func<IServiceProvider, RemoteSpeaker> speaker)
    {
        services.AddSingleton<ISpeaker>(speaker);
        services.AddAnnouncer(things);
    }

    private static void AddAnnouncer(this IServiceCollection services, AnnouncedThings things)
    {
        services.AddSingleton<LiveOptions<AnnouncementOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<AnnouncementOptions>>(
                provider, AnnouncementOptions.Section));
        services.AddHostedService(provider => new Announcer(
            things,
            provider.GetRequiredService<IEventStore>(),
            provider.GetService<IRegistryView>(),
            provider.GetRequiredService<ISpeaker>(),
            provider.GetRequiredService<LiveOptions<AnnouncementOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Announcer>>()));
    }
}
