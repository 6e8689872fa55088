namespace Rondo.Services.Noise.Mqtt;

/// <summary>How a client introduces itself.</summary>
/// <param name="ClientId">1 to 23 letters and digits, which every broker takes.</param>
/// <param name="User">Null for none.</param>
/// <param name="Password">Null for none.</param>
/// <param name="KeepAlive">The broker may forget who is silent for one and a half times as long.</param>
/// <param name="Will">What the broker publishes when the client vanishes.</param>
internal sealed record MqttLogin(string ClientId, string? User, string? Password, TimeSpan KeepAlive, MqttMessage Will)
{
    // The password is in no text.
    public override string ToString() => ClientId;
}
