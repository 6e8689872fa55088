namespace Rondo.Services.Auth;

/// <summary>A question to the auth service that several requests share.</summary>
/// <param name="asked">When; a timestamp of the clock.</param>
/// <param name="ask">Asks; once, when the answer is wanted first.</param>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class AskedKey(long asked, Func<Task<KeyAnswer?>> ask)
{
    private readonly Lazy<Task<KeyAnswer?>> _answer = new(ask);

    public long Asked { get; } = asked;

    public Task<KeyAnswer?> Answer => _answer.Value;

    /// <summary>Whether each use of the key has to be counted where the keys are.</summary>
    public bool IsCounted => _answer is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } answer }
#pragma warning disable RS0030 // It has completed.
        && answer.Result?.Limits is not null;
#pragma warning restore RS0030
}
