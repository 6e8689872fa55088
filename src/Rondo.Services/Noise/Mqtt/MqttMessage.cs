namespace Rondo.Services.Noise.Mqtt;

/// <summary>What a topic is to hold from now on. A newer one of the same topic makes it worthless.</summary>
/// <param name="Topic">Without wildcards.</param>
/// <param name="Payload">Empty takes a retained message away.</param>
/// <param name="IsAssured">Whether the broker has to acknowledge it (QoS 1); else it is sent once (QoS 0).</param>
/// <param name="IsRetained">Whether the broker keeps it for who asks later.</param>
internal sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, bool IsAssured, bool IsRetained);
