namespace Rondo.Lab.Load;

/// <summary>
/// When the requests of an open load are due on one of several threads, which take turns. During the ramp the rate grows
/// evenly from nothing; the n-th arrival of the whole load is due when the area under the rate reaches n.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class ArrivalSchedule
{
    private const double Nanoseconds = 1e9;

    private readonly double _rate;
    private readonly double _ramp;
    private readonly double _end;
    private readonly int _threads;
    private readonly Random? _random;
    private readonly double _start;
    private double _arrival;
    private long _turn;

    /// <summary>The schedule of one thread.</summary>
    /// <param name="rate">Arrivals per second of all threads together, after the ramp.</param>
    /// <param name="rampSeconds">How long the rate grows.</param>
    /// <param name="seconds">How long it stays.</param>
    /// <param name="thread">Which thread, from 0.</param>
    /// <param name="threads">How many there are.</param>
    /// <param name="random">Set for arrivals at random (Poisson).</param>
    public ArrivalSchedule(
        double rate, double rampSeconds, double seconds, int thread, int threads, Random? random)
    {
        (_rate, _ramp, _end, _threads, _random) = (rate, rampSeconds, rampSeconds + seconds, threads, random);
        _start = thread;
        Advance(isFirst: true);
    }

    /// <summary>When the next request is due, in nanoseconds from the start; <see cref="long.MaxValue"/> if none is.</summary>
    public long Next { get; private set; }

    /// <summary>Takes the next one.</summary>
    public void Advance() => Advance(isFirst: false);

    private void Advance(bool isFirst)
    {
        if (_random is not null)
        {
            _arrival += -Math.Log(1 - _random.NextDouble()) * _threads;
        }
        else
        {
            // By multiplication: adding up would drift over millions of arrivals.
            _turn += isFirst ? 0 : 1;
            _arrival = _start + ((double)_turn * _threads);
        }

        var due = TimeOf(_arrival);
        Next = due < _end ? (long)(due * Nanoseconds) : long.MaxValue;
    }

    private double TimeOf(double arrival)
    {
        var inRamp = _rate * _ramp / 2;
        return arrival < inRamp ? Math.Sqrt(2 * arrival * _ramp / _rate) : (_ramp / 2) + (arrival / _rate);
    }
}
