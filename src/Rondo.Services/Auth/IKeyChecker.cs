namespace Rondo.Services.Auth;

/// <summary>
/// Says whether what a request shows is a key that counts: by the keys of this process, or by asking the service that
/// has them.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal interface IKeyChecker
{
    /// <summary>What ends with a key, wherever it is ended.</summary>
    KeyRevocations Revocations { get; }

    /// <summary>Checks, and counts a use of the key. Null when nothing is shown, or a session that is over.</summary>
    /// <param name="shown">What the request shows.</param>
    /// <param name="cancellation">Gives the wait up; what has begun for others as well goes on.</param>
    ValueTask<KeyAnswer?> CheckAsync(ShownKey shown, CancellationToken cancellation);
}
