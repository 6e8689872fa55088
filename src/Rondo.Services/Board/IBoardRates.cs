using Rondo.Services.Currency;

namespace Rondo.Services.Board;

/// <summary>Where the board has its rates from.</summary>
/// <threadsafety>One call at a time.</threadsafety>
internal interface IBoardRates
{
    /// <summary>The rates at present; null while nobody has told any.</summary>
    ValueTask<RateSnapshot?> ReadAsync();
}
