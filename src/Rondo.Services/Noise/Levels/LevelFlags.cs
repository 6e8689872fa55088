namespace Rondo.Services.Noise.Levels;

/// <summary>What is to be said about a level, and always is.</summary>
[Flags]
internal enum LevelFlags
{
    None = 0,

    /// <summary>Nobody has compared the device with a meter: it may be off by 10 dB and more.</summary>
    Uncalibrated = 1,

    /// <summary>The device changes what it hears: automatic gain, noise suppression, echo cancelling.</summary>
    Processed = 2,

    /// <summary>Louder than the device can measure.</summary>
    Clipped = 4,

    /// <summary>The device hears nothing at all; no level.</summary>
    Muted = 8,

    /// <summary>The device hears only the lower frequencies.</summary>
    LowRate = 16,

    /// <summary>Invented.</summary>
    Simulated = 32,

    /// <summary>From the talks' page: no level in dB at all.</summary>
    Legacy = 64,
}

/// <summary>The flags as texts.</summary>
internal static class LevelFlagsText
{
    private static readonly (LevelFlags Flag, string Name)[] All =
    [
        (LevelFlags.Uncalibrated, "uncalibrated"),
        (LevelFlags.Processed, "processed"),
        (LevelFlags.Clipped, "clipped"),
        (LevelFlags.Muted, "muted"),
        (LevelFlags.LowRate, "low-rate"),
        (LevelFlags.Simulated, "simulated"),
        (LevelFlags.Legacy, "legacy"),
    ];

    /// <summary>The names of the flags that are set, in one order.</summary>
    public static IEnumerable<string> Names(this LevelFlags flags)
    {
        foreach (var (flag, name) in All)
        {
            if ((flags & flag) != 0)
            {
                yield return name;
            }
        }
    }

    /// <summary>The flag of a name; null when there is none.</summary>
    public static LevelFlags? Parse(string name)
    {
        foreach (var (flag, known) in All)
        {
            if (known == name)
            {
                return flag;
            }
        }

        return null;
    }
}
