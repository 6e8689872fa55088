namespace Rondo.Services.Streams.Sqlite;

/// <summary>One thing that the writer is asked to do. Its outcome is told when it is durable.</summary>
internal abstract class WriteWork
{
    /// <summary>What it adds to its group, in bytes; the writer's memory is bounded by it.</summary>
    public virtual int Weight => 256;

    /// <summary>Whether it must be undone alone when it fails half way.</summary>
    public virtual bool IsUndoable => true;

    /// <summary>Whether deleted text must be gone from the files before it counts as done.</summary>
    public virtual bool Scrubs => false;

    /// <summary>False when its caller has withdrawn it.</summary>
    public abstract bool TryTake();

    /// <summary>Does it inside the open transaction and keeps the outcome.</summary>
    public abstract void Run(EventTables tables);

    /// <summary>It was refused; nothing of it is in the transaction.</summary>
    public abstract void Refuse(Exception refusal);

    /// <summary>The transaction is durable: tells the outcome.</summary>
    public abstract void Complete();

    /// <summary>The transaction is not durable, whatever the outcome was.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>Work with a result.</summary>
internal abstract class WriteWork<T> : WriteWork
{
    private readonly PendingOutcome<T> _outcome = new();
    private Exception? _refusal;
    private T? _result;

    public Task<T> Done => _outcome.Done;

    public void CancelWhen(CancellationToken cancellation) => _outcome.CancelWhen(cancellation);

    public sealed override bool TryTake() => _outcome.TryTake();

    public sealed override void Run(EventTables tables) => _result = Do(tables);

    public sealed override void Refuse(Exception refusal) => _refusal = refusal;

    public sealed override void Complete()
    {
        if (_refusal is not null)
        {
            _outcome.Fail(_refusal);
        }
        else
        {
            _outcome.Succeed(_result!);
        }
    }

    public sealed override void Fail(Exception reason) => _outcome.Fail(reason);

    protected abstract T Do(EventTables tables);
}

/// <summary>Work that is rare enough to be a function.</summary>
internal sealed class RareWork<T>(Func<EventTables, T> work, bool scrubs = false) : WriteWork<T>
{
    public override bool Scrubs => scrubs;

    protected override T Do(EventTables tables) => work(tables);
}
