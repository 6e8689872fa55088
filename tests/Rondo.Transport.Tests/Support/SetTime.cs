namespace Rondo.Transport.Tests.Support;

/// <summary>A clock that goes on when it is told to.</summary>
internal sealed class SetTime : TimeProvider
{
    private long _now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Pass(TimeSpan time) => _now += time.Ticks;
}
