namespace Rondo.Services.Noise.Levels;

/// <summary>
/// One second of a room: what each of its devices has heard of it. The room's level is the energy mean of its devices'.
/// </summary>
/// <threadsafety>Not safe.</threadsafety>
internal sealed class LevelSecond
{
    private readonly List<(string Device, EnergySum Sum)> _heard = [];

    /// <summary>The loudest moment that any device heard; null before the first.</summary>
    public double? Lmax { get; private set; }

    /// <summary>What is to be said about the levels; of all devices together.</summary>
    public LevelFlags Flags { get; private set; }

    /// <summary>How many devices heard some of it.</summary>
    public int Devices => _heard.Count;

    /// <summary>How much of the second is known: as much as the device knows that heard most of it.</summary>
    public double Covered
    {
        get
        {
            var most = 0.0;
            foreach (var (_, sum) in _heard)
            {
                most = Math.Max(most, sum.Seconds);
            }

            return Math.Min(1, most);
        }
    }

    /// <summary>The room's level; null when nothing is known.</summary>
    public double? Leq
    {
        get
        {
            var energy = 0.0;
            foreach (var (_, sum) in _heard)
            {
                energy += sum.Energy / sum.Seconds;
            }

            return _heard.Count > 0 ? EnergySum.LevelOf(energy / _heard.Count) : null;
        }
    }

    public void Add(string device, EnergySum sum, double lmax, LevelFlags flags)
    {
        Flags |= flags;
        Lmax = Lmax is { } known ? Math.Max(known, lmax) : lmax;
        var index = _heard.FindIndex(h => h.Device == device);
        if (index < 0)
        {
            _heard.Add((device, sum));
        }
        else
        {
            _heard[index] = (device, _heard[index].Sum + sum);
        }
    }

    /// <summary>Notes something about the second that has no level, such as a microphone that was off.</summary>
    public void Note(LevelFlags flags) => Flags |= flags;
}
