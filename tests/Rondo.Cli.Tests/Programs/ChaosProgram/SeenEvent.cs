using System.Text.Json;

namespace ChaosProgram;

/// <summary>An event of the room's sequence, as a client sees it.</summary>
internal sealed record SeenEvent(long Seq, string Type, string? ClientId, long Target, string? Text)
{
    public const string Message = "message";
    public const string Edit = "edit";
    public const string Delete = "delete";
    public const string Erased = "erased";

    public static SeenEvent Of(JsonElement shown) => new(
        shown.GetProperty("seq").GetInt64(),
        shown.GetProperty("type").GetString()!,
        shown.TryGetProperty("client_id", out var id) ? id.GetString() : null,
        shown.TryGetProperty("target", out var target) ? target.GetInt64() : 0,
        shown.TryGetProperty("text", out var text) ? text.GetString() : null);

    /// <summary>What a client shows that has seen these, by the numbers of the messages.</summary>
    public static SortedDictionary<long, string> Fold(IEnumerable<SeenEvent> seen)
    {
        var shown = new SortedDictionary<long, string>();
        foreach (var e in seen)
        {
            switch (e.Type)
            {
                case Message:
                    shown[e.Seq] = e.Text!;
                    break;
                case Edit when shown.ContainsKey(e.Target):
                    shown[e.Target] = e.Text!;
                    break;
                case Delete:
                    shown.Remove(e.Target);
                    break;
                default:
                    break;
            }
        }

        return shown;
    }
}
