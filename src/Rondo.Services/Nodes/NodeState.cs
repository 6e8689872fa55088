using System.Diagnostics.Metrics;
using System.Security.Cryptography;

namespace Rondo.Services.Nodes;

/// <summary>
/// What this node is at and who leads: one for the process, over all the servers that it is in turn.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class NodeState : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Meter _meter = new("Rondo.Nodes");
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _forwarded;
    private readonly Histogram<double> _times;
    private CancellationTokenSource _gone = new();
    private TaskCompletionSource _changed = NewSignal();
    private volatile bool _isLeaving;
    private NodeRole _role;
    private KnownLeader? _leader;
    private long _begun;

    /// <param name="name">What people call this node.</param>
    public NodeState(string name)
    {
        Name = name;
        Holder = $"{name}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        _meter.CreateObservableGauge(
            "rondo.nodes.leader", () => Role is NodeRole.Leader ? 1 : 0, null, "Whether this node leads");
        _takeovers = _meter.CreateCounter<long>(
            "rondo.nodes.takeovers", null, "Times that this node has begun to lead");
        _forwarded = _meter.CreateCounter<long>(
            "rondo.nodes.forwarded", "{request}", "Requests for the leader, by what became of them");
        _times = _meter.CreateHistogram<double>(
            "rondo.nodes.forward_time", "s", "From a request to the begin of the leader's answer");
    }

    public string Name { get; }

    /// <summary>This life of its process, in the lease.</summary>
    public string Holder { get; }

    /// <summary>Where the others reach it; known once it listens.</summary>
    public Uri Address { get; set; } = null!;

    /// <summary>How often this node has begun to lead.</summary>
    public long Takeovers => Interlocked.Read(ref _begun);

    public NodeRole Role
    {
        get
        {
            using (_gate.EnterScope())
            {
                return _role;
            }
        }
    }

    /// <summary>Null while nobody leads who answers.</summary>
    public KnownLeader? Leader
    {
        get
        {
            using (_gate.EnterScope())
            {
                return _leader;
            }
        }
    }

    /// <summary>Whether this node leads and is about to end: it takes nothing from followers any more.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>Completed by the next change of role or leader.</summary>
    public Task Changed
    {
        get
        {
            using (_gate.EnterScope())
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Another leads, or nobody. The same again changes nothing.</summary>
    public void Follow(string? holder, Uri? address)
    {
        using (_gate.EnterScope())
        {
            if (_role is NodeRole.Follower && _leader?.Holder == holder && _leader?.Address == address)
            {
                return;
            }
        }

        Change(NodeRole.Follower, holder, address);
    }

    /// <summary>Ends what waits for a leader that leads on and does not answer.</summary>
    public void GiveUp(KnownLeader leader) => Change(NodeRole.Follower, leader.Holder, leader.Address, leader);

    /// <summary>This node has the lease.</summary>
    public void TakeOver() => Change(NodeRole.Starting, null, null);

    /// <summary>This node answers.</summary>
    public void Lead()
    {
        Interlocked.Increment(ref _begun);
        _takeovers.Add(1);
        Change(NodeRole.Leader, Holder, Address);
    }

    /// <summary>This node answers what it has been asked, and nothing more of followers. It ends after that.</summary>
    public void Leave() => _isLeaving = true;

    /// <summary>Counts a request for the leader.</summary>
    /// <param name="outcome">What became of it, one of a few words.</param>
    public void CountForwarded(string outcome) =>
        _forwarded.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void RecordTime(TimeSpan time) => _times.Record(time.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(NodeRole role, string? holder, Uri? address, KnownLeader? instead = null)
    {
        CancellationTokenSource gone;
        TaskCompletionSource changed;
        using (_gate.EnterScope())
        {
            if (instead is not null && !ReferenceEquals(_leader, instead))
            {
                return;
            }

            // Not disposed of: an exchange may register with it yet, and is told at once then.
            (gone, _gone) = (_gone, new CancellationTokenSource());
            (changed, _changed) = (_changed, NewSignal());
            _role = role;
            _leader = address is null ? null : new KnownLeader(holder!, address, _gone.Token);
        }

        _ = gone.CancelAsync();
        changed.SetResult();
    }
}
