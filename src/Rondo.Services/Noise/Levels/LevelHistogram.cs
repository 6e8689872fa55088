namespace Rondo.Services.Noise.Levels;

/// <summary>
/// How often each level was there, in bins of 0.1 dB from -20 to 150 dB. Two of them merge without a loss: what is said
/// about an hour is what would be said about its minutes together.
/// </summary>
/// <threadsafety>Not safe; reading one that nobody changes any more is.</threadsafety>
internal sealed class LevelHistogram
{
    public const double Lowest = -20;
    public const double Highest = 150;

    private const int BinsPerDecibel = 10;
    private const int Bins = (int)((Highest - Lowest) * BinsPerDecibel) + 1;
    private const int MoreFollows = 0x80;
    private const int Payload = 0x7f;

    private readonly int[] _counts = new int[Bins];

    /// <summary>How many levels were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a level in dB; what lies outside counts as the lowest or the highest.</summary>
    public void Add(double level)
    {
        _counts[Bin(level)]++;
        Count++;
    }

    public void Add(LevelHistogram other)
    {
        for (var bin = 0; bin < Bins; bin++)
        {
            _counts[bin] += other._counts[bin];
        }

        Count += other.Count;
    }

    /// <summary>
    /// The level that was reached or exceeded for <paramref name="percent"/> of the time, by nearest rank: L10 of the
    /// levels 1 to 100 is 90. Null of nothing.
    /// </summary>
    public double? Exceeded(int percent)
    {
        if (Count == 0)
        {
            return null;
        }

        var rank = Math.Max(1, (Count * (100 - percent) + 99) / 100);
        var bin = -1;
        for (long seen = 0; seen < rank; seen += _counts[bin])
        {
            bin++;
        }

        return Math.Round(Lowest + ((double)bin / BinsPerDecibel), 1);
    }

    /// <summary>
    /// The bins in use, each as the distance from the one before and its count, in groups of seven bits.
    /// </summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        var before = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            if (_counts[bin] > 0)
            {
                Write(bytes, bin - before);
                Write(bytes, _counts[bin]);
                before = bin;
            }
        }

        return [.. bytes];
    }

    /// <exception cref="FormatException">The bytes are not what <see cref="ToBytes"/> gives.</exception>
    public static LevelHistogram FromBytes(ReadOnlySpan<byte> bytes)
    {
        var histogram = new LevelHistogram();
        var bin = 0;
        while (!bytes.IsEmpty)
        {
            bin += Read(ref bytes);
            var count = Read(ref bytes);
            if (bin is < 0 or >= Bins || count < 0)
            {
                throw new FormatException("A histogram has a bin that does not exist.");
            }

            histogram._counts[bin] += count;
            histogram.Count += count;
        }

        return histogram;
    }

    private static int Bin(double level) =>
        (int)Math.Clamp(Math.Round((level - Lowest) * BinsPerDecibel), 0, Bins - 1);

    private static void Write(List<byte> bytes, int number)
    {
        for (; number > Payload; number >>= 7)
        {
            bytes.Add((byte)(MoreFollows | (number & Payload)));
        }

        bytes.Add((byte)number);
    }

    private static int Read(ref ReadOnlySpan<byte> bytes)
    {
        var (number, shift) = (0, 0);
        while (!bytes.IsEmpty && shift < 28)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            number |= (next & Payload) << shift;
            if ((next & MoreFollows) == 0)
            {
                return number;
            }

            shift += 7;
        }

        throw new FormatException("A histogram ends in the middle of a number.");
    }
}
