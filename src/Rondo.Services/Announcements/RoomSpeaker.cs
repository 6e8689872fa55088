using Rondo.Services.Chat;
using Rondo.Services.Streams;

namespace Rondo.Services.Announcements;

/// <summary>Speaks in the rooms of this process.</summary>
internal sealed class RoomSpeaker(ChatLoop loop, RoomDirectory rooms) : ISpeaker
{
    private static readonly Caller Speaker = new("b-rondo", "Rondo", ChatRole.Bot, "local");

    public async Task SayAsync(string room, string text, string? key, CancellationToken cancellation)
    {
        try
        {
            await loop.AskAsync(async () =>
                await rooms.FindAsync(room) is { } found && await found.SendAsync(Speaker, text, key) is { } said
                    ? said.Refusal
                    : null);
        }
        catch (EventStoreException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
