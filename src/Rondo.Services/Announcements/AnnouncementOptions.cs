using Rondo.Services.Hosting;

namespace Rondo.Services.Announcements;

/// <summary>Section <c>Announcements</c> of the configuration: what is said in the chat.</summary>
internal sealed class AnnouncementOptions : ICheckedOptions
{
    public const string Section = "Announcements";

    /// <summary>
    /// Whether a room that is too loud says so in the chat room of its id, if there is one. Default yes.
    /// </summary>
    public bool Noise { get; set; } = true;

    /// <summary>Whether the lobby hears that a service is down, and back again. Default yes.</summary>
    public bool Services { get; set; } = true;

    /// <summary>Whether the lobby hears of new rates. Default yes.</summary>
    public bool Rates { get; set; } = true;

    public IEnumerable<string> Check() => [];
}
