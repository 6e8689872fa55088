using Rondo.Services.Weather.Sources;

namespace Rondo.Services.Weather;

/// <summary>A source in its place in the order.</summary>
/// <param name="Source">The source.</param>
/// <param name="Gate">What stands before it if it is a server of somebody else.</param>
internal sealed record WeatherUpstream(IWeatherSource Source, UpstreamGate? Gate);
