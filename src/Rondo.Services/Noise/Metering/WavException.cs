namespace Rondo.Services.Noise.Metering;

/// <summary>What was given is no recording that can be measured; the message says what it is and what to do.</summary>
internal sealed class WavException(string message) : Exception(message);
