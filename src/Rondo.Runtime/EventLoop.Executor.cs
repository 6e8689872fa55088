namespace Rondo.Runtime;

/// <content>Work that runs elsewhere.</content>
public sealed partial class EventLoop
{
    private IExecutor? _defaultExecutor;

    /// <summary>
    /// Where <c>RunInExecutor</c> sends work that names no executor (asyncio: <c>set_default_executor</c>). Null until
    /// it is set or first needed. It belongs to the loop, which shuts it down at its end.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set on another thread than the loop's.</exception>
    /// <exception cref="ObjectDisposedException">Set when the loop is closed.</exception>
    public IExecutor? DefaultExecutor
    {
        get => _defaultExecutor;
        set
        {
            CheckCaller();
            _defaultExecutor = value;
        }
    }

    /// <summary>Work has been sent off whose outcome will be posted, perhaps at once. Loop thread.</summary>
    internal void ExpectPost() => _expectsPost = true;
}
