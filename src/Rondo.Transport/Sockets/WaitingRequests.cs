namespace Rondo.Transport.Sockets;

/// <summary>
/// Requests for which there is no thread yet. They wait as long as threads come back: a burst on a busy machine fills
/// all threads for a moment, and nothing is wrong. Once none has come back for a while, they are held by code that
/// blocks, and waiting is of no use.
/// </summary>
/// <param name="most">At most this many wait.</param>
/// <param name="patience">How long none may come back.</param>
/// <param name="time">Measures that.</param>
internal sealed class WaitingRequests(int most, TimeSpan patience, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _queue = new();
    private long _lastReturn = time.GetTimestamp();

    /// <summary>Waits for a thread to come back, first in, first out.</summary>
    /// <returns>False if none does, or too many wait already.</returns>
    public async Task<bool> WaitAsync()
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (_gate.EnterScope())
        {
            // Who has given up waits no more. The oldest do so first.
            while (_queue.TryPeek(out var oldest) && oldest.Task.IsCanceled)
            {
                _queue.Dequeue();
            }

            if (_queue.Count >= most)
            {
                return false;
            }

            _queue.Enqueue(turn);
        }

        var since = time.GetTimestamp();
        var left = patience;
        while (true)
        {
            await turn.Task.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (turn.Task.IsCompletedSuccessfully)
            {
                return true;
            }

            left = patience - time.GetElapsedTime(Math.Max(since, Volatile.Read(ref _lastReturn)));
            if (left <= TimeSpan.Zero)
            {
                return !turn.TrySetCanceled();
            }
        }
    }

    /// <summary>A thread has come back.</summary>
    public void Returned()
    {
        Volatile.Write(ref _lastReturn, time.GetTimestamp());
        CallNext();
    }

    /// <summary>There is room for another one.</summary>
    public void CallNext()
    {
        while (TryTake(out var turn) && !turn.TrySetResult())
        {
            // Has given up.
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TaskCompletionSource? turn)
    {
        using var scope = _gate.EnterScope();
        return _queue.TryDequeue(out turn);
    }
}
