namespace Rondo.Runtime.Testing;

/// <summary>
/// What the line between two hosts of a <see cref="VirtualNetwork"/> is like, in each direction. The default is a line
/// without fault, delay or limit of speed, with the buffer of a small socket.
/// </summary>
/// <threadsafety>Immutable once made.</threadsafety>
public sealed record LinkConditions
{
    /// <summary>How long a segment travels; zero or more, default zero. A connection takes two ways.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Latency
    {
        get;
        init => field = AtLeast(TimeSpan.Zero, value, nameof(Latency));
    }

    /// <summary>At most this is added to the latency of each segment, by chance; zero or more, default zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Jitter
    {
        get;
        init => field = AtLeast(TimeSpan.Zero, value, nameof(Jitter));
    }

    /// <summary>The speed in bytes per second for each connection; 1 or more, default null: without limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public long? BytesPerSecond
    {
        get;
        init => field = value is { } speed ? AtLeast(1L, speed, nameof(BytesPerSecond)) : null;
    }

    /// <summary>
    /// The probability that a segment is lost; from 0 (default) to 0.9. As with TCP, no byte goes missing by that: the
    /// segment is sent again after 200 ms, twice that the next time, and what follows waits for it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies outside.</exception>
    public double Loss
    {
        get;
        init => field = Probability(value, 0.9, nameof(Loss));
    }

    /// <summary>The probability that a segment breaks its connection; from 0 (default) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies outside.</exception>
    public double ResetRate
    {
        get;
        init => field = Probability(value, 1, nameof(ResetRate));
    }

    /// <summary>
    /// How many bytes a connection takes in one direction that the other side has not read; then writing waits. 1 or
    /// more, default 64 KiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int BufferBytes
    {
        get;
        init => field = AtLeast(1, value, nameof(BufferBytes));
    } = 64 * 1024;

    private static T AtLeast<T>(T least, T value, string name)
        where T : IComparable<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        return value;
    }

    private static double Probability(double value, double most, string name) => value >= 0 && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "A probability in the range of the property is expected.");
}
