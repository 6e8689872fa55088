using Rondo.Services.Noise;
using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>Makes the id of a room of what people call it.</summary>
internal static class BoardRoomId
{
    /// <summary>One that no room has yet.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isTaken">Whether a room has an id.</param>
    public static string Of(string name, Func<string, bool> isTaken)
    {
        var stem = string.Concat(
            PlaceName.Fold(name).Replace(' ', '-').Where(c => c is '-' || char.IsAsciiLetterOrDigit(c))).Trim('-');
        stem = stem.Length == 0 ? "room" : stem[..Math.Min(stem.Length, NoiseName.Longest - 4)].Trim('-');
        return Enumerable.Range(1, 1000).Select(i => i == 1 ? stem : $"{stem}-{i}").First(id => !isTaken(id));
    }
}
