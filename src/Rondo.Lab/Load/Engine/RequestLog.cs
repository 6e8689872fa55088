namespace Rondo.Lab.Load.Engine;

/// <summary>Four times per request, in nanoseconds: start since the run began, connecting, the whole, first byte.</summary>
internal sealed class RequestLog(long expected)
{
    public const int Fields = 4;

    private const long MostAtFirst = 1_000_000;

    private long[] _times = new long[Math.Clamp(expected, 1024, MostAtFirst) * Fields];
    private int _used;

    public ReadOnlySpan<long> Times => _times.AsSpan(0, _used);

    public void Add(long start, long connecting, long whole, long firstByte)
    {
        if (_used == _times.Length)
        {
            Array.Resize(ref _times, _times.Length * 2);
        }

        (_times[_used], _times[_used + 1]) = (start, connecting);
        (_times[_used + 2], _times[_used + 3]) = (whole, firstByte);
        _used += Fields;
    }
}
