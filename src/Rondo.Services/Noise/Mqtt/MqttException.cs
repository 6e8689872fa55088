namespace Rondo.Services.Noise.Mqtt;

/// <summary>The broker refuses, breaks the protocol or answers too late; the message says which.</summary>
internal sealed class MqttException(string message) : Exception(message);
