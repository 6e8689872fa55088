namespace Rondo.Services.Tests.Support;

/// <summary>A machine whose wall clock is set while the monotonic one goes on.</summary>
internal sealed class SkewedTime(ManualTime time) : TimeProvider
{
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Skew;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
