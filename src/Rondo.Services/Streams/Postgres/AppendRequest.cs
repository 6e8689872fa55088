namespace Rondo.Services.Streams.Postgres;

/// <summary>An append that waits for the writer, and then what has become of it in the writer's transaction.</summary>
internal sealed class AppendRequest(string stream, NewEvent[] events, long? expectedSeq, string sender)
{
    private const int RowBytes = 64;

    private readonly PendingOutcome<IReadOnlyList<StoredEvent>> _outcome = new();
    private AppendConflictException? _refusal;
    private StoredEvent[] _stored = [];

    public string Stream => stream;

    public IReadOnlyList<NewEvent> Events => events;

    public long? ExpectedSeq => expectedSeq;

    public string Sender => sender;

    /// <summary>What it adds to its group, in bytes; the writer's memory is bounded by it.</summary>
    public int Weight { get; } = events.Sum(e => e.Data.Length + RowBytes);

    public Task<IReadOnlyList<StoredEvent>> Done => _outcome.Done;

    /// <summary>Whether it can be the first of its stream.</summary>
    public bool MayCreate => expectedSeq is null or 0;

    public bool TryTake() => _outcome.TryTake();

    public void CancelWhen(CancellationToken cancellation) => _outcome.CancelWhen(cancellation);

    public void Decide(StoredEvent[] stored) => (_refusal, _stored) = (null, stored);

    public void Decide(AppendConflictException refusal) => _refusal = refusal;

    /// <summary>The transaction is durable: tells the outcome.</summary>
    public void Complete()
    {
        if (_refusal is not null)
        {
            _outcome.Fail(_refusal);
        }
        else
        {
            _outcome.Succeed(_stored);
        }
    }

    public void Fail(Exception reason) => _outcome.Fail(reason);
}
