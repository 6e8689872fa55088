using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>
/// One way to block a loop, for the time until it has been reported: the place of the statement that blocks, and the
/// other side, which lets it go on.
/// </summary>
internal sealed class Blockade : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _released = new();
    private readonly List<Action> _onRelease = [];
    private readonly Thread _loopThread = Thread.CurrentThread;

    /// <summary>The line of the statement.</summary>
    public int Line { get; private set; }

    public bool IsReleased => _released.IsSet;

    /// <summary>Stands on the line that blocks.</summary>
    public void Here([CallerLineNumber] int line = 0) => Line = line;

    /// <summary>Says what to do when the report has come.</summary>
    public void OnRelease(Action action) => _onRelease.Add(action);

    /// <summary>Lets another thread take something and keep it until the report has come.</summary>
    public Thread Hold(Action take, Action giveBack)
    {
        var taken = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            take();
            taken.Set();
            Wait();
            giveBack();
        });
        thread.Start();
        taken.Wait(Patience);
        return thread;
    }

    /// <summary>A task that ends when the report has come.</summary>
    public Task<int> Task()
    {
        var source = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        OnRelease(() => source.TrySetResult(1));
        return source.Task;
    }

    public void Wait() => _released.Wait(Patience);

    public void Interrupt() => _loopThread.Interrupt();

    public void Release()
    {
        _released.Set();
        _onRelease.ForEach(a => a());
    }

    public void Dispose() => _released.Dispose();
}
