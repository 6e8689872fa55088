namespace Rondo.Services.Chat;

/// <summary>What a moderator decides.</summary>
/// <param name="Action">One of <see cref="Actions"/>.</param>
/// <param name="Who">The id of a person; of a ban also an address.</param>
/// <param name="For">Of a mute and a ban; for good without.</param>
/// <param name="Role">Of a role.</param>
/// <param name="WithAddress">Whether a ban counts for the addresses that the person is here from, too.</param>
internal sealed record ModerationOrder(
    string Action, string? Who, TimeSpan? For = null, ChatRole Role = ChatRole.Guest, bool WithAddress = false)
{
    public static IReadOnlyList<string> Actions { get; } = ["mute", "unmute", "kick", "ban", "unban", "role"];
}
