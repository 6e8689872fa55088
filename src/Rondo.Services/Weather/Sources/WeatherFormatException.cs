namespace Rondo.Services.Weather.Sources;

/// <summary>
/// A document of weather is not what it should be, or is about another place; the message says where and what. Nothing
/// of it is used.
/// </summary>
internal sealed class WeatherFormatException(string message, Exception? inner = null) : Exception(message, inner);
