namespace Rondo.Services.Noise.Probing;

/// <summary>
/// When each stretch of sound began. Sound arrives in gusts and its clock drifts from the machine's: what follows
/// begins where the one before ended, moved by a thousandth towards the machine's clock, and anew after a gap.
/// </summary>
internal sealed class FrameClock
{
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);

    private DateTimeOffset? _end;

    /// <summary>The start of what has just been measured and is so long.</summary>
    public DateTimeOffset Next(TimeSpan length, DateTimeOffset now)
    {
        var start = now - length;
        if (_end is { } end && (start - end).Duration() < Gap)
        {
            var most = length / 1000;
            var off = start - end;
            start = end + (off > most ? most : off < -most ? -most : off);
        }

        _end = start + length;
        return start;
    }
}
