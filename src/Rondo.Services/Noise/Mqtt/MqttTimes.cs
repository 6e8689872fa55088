namespace Rondo.Services.Noise.Mqtt;

/// <summary>How long a client waits for what.</summary>
internal sealed record MqttTimes
{
    /// <summary>For a connection with its handshakes, for a write, for each answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Before the second try; doubled with each failure.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the last words at the end.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(2);
}
