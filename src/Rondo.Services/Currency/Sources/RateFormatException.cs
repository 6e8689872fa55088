namespace Rondo.Services.Currency.Sources;

/// <summary>
/// A document of rates is not what it should be; the message says where and what. Nothing of it is used.
/// </summary>
internal sealed class RateFormatException(string message, Exception? inner = null) : Exception(message, inner);
