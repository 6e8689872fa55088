namespace Rondo.Services.Noise;

/// <summary>
/// What a room is for, and what that proposes: a goal, and what is too loud. After the guidelines of the World Health
/// Organization for community noise where they have a value, and usual practice for rooms in use; all can be changed.
/// </summary>
/// <param name="Id">As it is written.</param>
/// <param name="Goal">dB(A) to stay below.</param>
/// <param name="Loud">dB(A) that is too loud.</param>
internal sealed record NoiseKind(string Id, double Goal, double Loud)
{
    public static IReadOnlyList<NoiseKind> All { get; } =
    [
        new("bedroom", 30, 45),
        new("canteen", 65, 80),
        new("classroom", 35, 65),
        new("event", 85, 100),
        new("library", 40, 55),
        new("living", 35, 60),
        new("lobby", 50, 70),
        new("meeting", 40, 65),
        new("office", 50, 65),
        new("other", 50, 70),
        new("playground", 55, 80),
        new("preschool", 35, 75),
        new("ward", 30, 50),
        new("workshop", 70, 85),
    ];

    public static NoiseKind? Find(string id) => All.FirstOrDefault(k => k.Id == id);
}
