namespace Rondo.Services.Supervision;

/// <summary>
/// What a service said last. Who reads it never waits for that service, but for a moment at the very first; reading has
/// it asked again when it is time, and while it is silent the last word counts, for as long as that is good.
/// </summary>
/// <param name="ask">Asks; its failures are silence.</param>
/// <param name="every">How often, while somebody reads.</param>
/// <param name="good">For how long an answer counts.</param>
/// <param name="time">What that is measured with.</param>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class LastKnown<T>(
    Func<CancellationToken, Task<T>> ask, TimeSpan every, TimeSpan good, TimeProvider time)
    where T : class
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task? _asking;
    private DateTimeOffset _asked;
    private (T Value, DateTimeOffset At)? _known;
    private bool _hasWaited;

    /// <summary>Null while there is nothing that is still good.</summary>
    public T? Value
    {
        get
        {
            using var scope = _gate.EnterScope();
            var now = time.GetUtcNow();
            if (_asking is null or { IsCompleted: true } && (_asking is null || now - _asked >= every))
            {
                _asked = now;
                _asking = AskAsync();
            }

            return _known is { } known && now - known.At < good ? known.Value : null;
        }
    }

    /// <summary>The same; the first reader waits for the first answer, a moment at most.</summary>
    public async ValueTask<T?> ReadAsync()
    {
        var value = Value;
        if (_hasWaited)
        {
            return value;
        }

        _hasWaited = true;
        try
        {
            await _asking!.WaitAsync(FirstWait, time);
        }
        catch (TimeoutException)
        {
            // It is shown the next time.
        }

        return Value;
    }

    private async Task AskAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var value = await ask(CancellationToken.None);
            using var scope = _gate.EnterScope();
            _known = (value, time.GetUtcNow());
        }
        catch (Exception error) when (ServiceCalls.IsSilence(error))
        {
            // The next reader has it asked again.
        }
    }
}
