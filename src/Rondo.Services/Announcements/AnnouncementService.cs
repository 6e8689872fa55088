using Rondo.Services.Hosting;

namespace Rondo.Services.Announcements;

/// <summary>Puts the announcements together, where all services are in one process.</summary>
internal static class AnnouncementService
{
    public static void AddAnnouncements(this IServiceCollection services)
    {
        services.AddSingleton<LiveOptions<AnnouncementOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<AnnouncementOptions>>(
                provider, AnnouncementOptions.Section));
        services.AddHostedService<Announcer>();
    }
}
