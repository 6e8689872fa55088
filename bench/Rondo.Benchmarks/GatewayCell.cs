namespace Rondo.Benchmarks;

/// <summary>One gateway measured once.</summary>
/// <param name="Gateway">Which.</param>
/// <param name="What">Cost of a request, its time at one connection or in an open load, or downloads.</param>
/// <param name="Round">From zero; ratios are taken within one.</param>
/// <param name="Value">Microseconds; for downloads megabytes above idle.</param>
/// <param name="PerSecond">Requests; for downloads the seconds that all took.</param>
internal sealed record GatewayCell(string Gateway, string What, int Round, double Value, double PerSecond);
