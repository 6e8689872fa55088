namespace Rondo.Services.Noise;

/// <summary>
/// Tells when a room has been too loud for long enough, and when it has been quiet again for as long. Between the limit
/// and the limit less the hysteresis nothing begins and nothing ends.
/// </summary>
internal sealed class AlarmTracker
{
    private DateTimeOffset? _turning;

    public bool IsLoud { get; private set; }

    /// <summary>Since when it is what it is.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>What was known before a restart.</summary>
    public void Resume(bool isLoud, DateTimeOffset since) => (IsLoud, Since) = (isLoud, since);

    /// <summary>Takes a level over; true when the room has just become too loud, or quiet again.</summary>
    /// <param name="now">When.</param>
    /// <param name="level">The level; null when nothing is heard, which is as good as quiet.</param>
    /// <param name="config">What is too loud, and for how long.</param>
    /// <param name="hysteresis">How far below the limit quiet is.</param>
    /// <param name="counts">Whether the limit counts now.</param>
    public bool Observe(
        DateTimeOffset now, double? level, NoiseRoomConfig config, double hysteresis, bool counts)
    {
        var isAbove = counts && level >= config.Loud;
        var isBelow = !counts || level is null || level < config.Loud - hysteresis;
        if (IsLoud ? isBelow : isAbove)
        {
            _turning ??= now;
        }
        else if (IsLoud || isBelow)
        {
            _turning = null;
        }

        if (_turning is not { } since || now - since < config.Hold)
        {
            return false;
        }

        (IsLoud, Since, _turning) = (!IsLoud, since, null);
        return true;
    }
}
