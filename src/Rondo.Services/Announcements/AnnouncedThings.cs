namespace Rondo.Services.Announcements;

/// <summary>Of what a process tells: of what it has.</summary>
[Flags]
internal enum AnnouncedThings
{
    None = 0,

    /// <summary>Rooms that are too loud, and quiet again.</summary>
    Noise = 1,

    /// <summary>New rates.</summary>
    Rates = 2,

    /// <summary>Services that are down, and back.</summary>
    Services = 4,

    All = Noise | Rates | Services,
}
