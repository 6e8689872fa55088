using System.Text.Json;

namespace ChaosProgram;

/// <summary>What a room has kept, as it gives it to who comes last.</summary>
internal static class RoomHistory
{
    private const int Page = 500;

    public static async Task<List<SeenEvent>> EventsAsync(ChaosScene scene)
    {
        var events = new List<SeenEvent>();
        var cursor = "0";
        while (true)
        {
            using var page = JsonDocument.Parse(
                await scene.Http.GetStringAsync($"{ChaosScene.Room}/events?after={cursor}&limit={Page}"));
            var read = page.RootElement.GetProperty("events").EnumerateArray().Select(SeenEvent.Of).ToList();
            if (read.Count == 0)
            {
                return events;
            }

            events.AddRange(read);
            cursor = page.RootElement.GetProperty("next").GetString()!;
        }
    }

    public static async Task<List<(long Seq, string Text)>> MessagesAsync(ChaosScene scene)
    {
        var messages = new List<(long Seq, string Text)>();
        while (true)
        {
            var after = messages.Count == 0 ? 0 : messages[^1].Seq;
            using var page = JsonDocument.Parse(
                await scene.Http.GetStringAsync($"{ChaosScene.Room}/messages?after={after}&limit={Page}"));
            var read = page.RootElement.GetProperty("messages").EnumerateArray()
                .Select(m => (m.GetProperty("seq").GetInt64(), m.GetProperty("text").GetString()!)).ToList();
            if (read.Count == 0)
            {
                return messages;
            }

            messages.AddRange(read);
        }
    }
}
