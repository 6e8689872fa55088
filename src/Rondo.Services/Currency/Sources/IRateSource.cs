namespace Rondo.Services.Currency.Sources;

/// <summary>Brings rates in.</summary>
internal interface IRateSource
{
    RateOrigin Origin { get; }

    /// <summary>Where it reads, for people.</summary>
    string Location { get; }

    /// <summary>
    /// What the source has that is newer than <paramref name="held"/>, the last day we hold from it. An empty list
    /// means that it says nothing has changed.
    /// </summary>
    /// <exception cref="RateFormatException">The answer cannot be used.</exception>
    /// <exception cref="HttpRequestException">The source cannot be reached or refuses.</exception>
    /// <exception cref="TimeoutException">The source took too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    Task<IReadOnlyList<RateDay>> FetchAsync(DateOnly? held, CancellationToken cancellation);
}
