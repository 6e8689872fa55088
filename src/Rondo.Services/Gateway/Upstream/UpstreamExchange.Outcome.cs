using System.Threading.Tasks.Sources;

namespace Rondo.Services.Gateway.Upstream;

/// <content>
/// What has come of an exchange that waits for its answer. The object is the source of it, so that waiting takes no
/// memory; and it goes on in the context of the request without a turn of the loop in between, since the loop that has
/// the bytes is the one that the request is on.
/// </content>
internal sealed partial class UpstreamExchange : IValueTaskSource<ForwardResult>
{
    private ManualResetValueTaskSourceCore<ForwardResult> _ended;
    private SynchronizationContext? _home;
    private ValueTask<int> _firstRead;
    private CancellationToken _cancellation;
    private Action? _answered;
    private bool _isReusable;

    ForwardResult IValueTaskSource<ForwardResult>.GetResult(short token)
    {
        try
        {
            return _ended.GetResult(token);
        }
        finally
        {
            // Only now: the next exchange uses the same source.
            GiveBack();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ForwardResult>.GetStatus(short token) => _ended.GetStatus(token);

    // The context of the caller is what Publish goes back to by itself.
    void IValueTaskSource<ForwardResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ended.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    /// <summary>Waits for the first bytes of the answer, and hands it on then.</summary>
    private ValueTask<ForwardResult> WaitForAnswer(ValueTask<int> read)
    {
        _ended.Reset();
        _firstRead = read;
        _home = SynchronizationContext.Current;
        read.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_answered ??= Answered);
        return new(this, _ended.Version);
    }

    private void Answered()
    {
        var read = _firstRead;
        _firstRead = default;
        var rest = AnswerAsync(read);
        if (rest.IsCompletedSuccessfully)
        {
            Publish(rest.Result);
        }
        else
        {
            _ = PublishAsync(rest);
        }
    }

    private async Task PublishAsync(ValueTask<ForwardResult> rest)
    {
        try
        {
            Publish(await rest.ConfigureAwait(false));
        }
        catch (Exception error)
        {
            PostHome(() => _ended.SetException(error));
        }
    }

    private void Publish(in ForwardResult result)
    {
        if (_home is null)
        {
            _ended.SetResult(result);
        }
        else if (connection.Pool.IsOnLoop)
        {
            SynchronizationContext.SetSynchronizationContext(_home);
            _ended.SetResult(result);
        }
        else
        {
            var ended = result;
            PostHome(() => _ended.SetResult(ended));
        }
    }

    private void PostHome(Action publish)
    {
        if (_home is { } home)
        {
            home.Post(static p => ((Action)p!)(), publish);
        }
        else
        {
            publish();
        }
    }
}
