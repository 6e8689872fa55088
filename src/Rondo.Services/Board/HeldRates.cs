using Rondo.Services.Currency;

namespace Rondo.Services.Board;

/// <summary>The rates of the currency service in this process.</summary>
internal sealed class HeldRates(RateBook rates) : IBoardRates
{
    public ValueTask<RateSnapshot?> ReadAsync() => ValueTask.FromResult<RateSnapshot?>(rates.Current);
}
