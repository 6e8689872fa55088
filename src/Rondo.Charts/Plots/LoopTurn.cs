namespace Rondo.Charts.Plots;

/// <summary>A turn of an event loop, or a part of time in which turns were of one kind.</summary>
/// <param name="Start">Seconds.</param>
/// <param name="Seconds">How long.</param>
/// <param name="IsLong">Whether it held the loop for longer than is good.</param>
internal readonly record struct LoopTurn(double Start, double Seconds, bool IsLong);
