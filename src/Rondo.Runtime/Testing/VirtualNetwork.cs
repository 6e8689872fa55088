using System.Net.Sockets;

namespace Rondo.Runtime.Testing;

/// <summary>
/// A network inside a virtual loop: listeners and connections by name, in virtual time, with no socket and no thread.
/// Its faults come from the seed of the run, so the same seed gives the same fate.
/// </summary>
/// <remarks>
/// A name is a host, or a host and what is behind a colon: <c>"db"</c>, <c>"db:5432"</c>. Conditions and partitions are
/// between hosts.
/// </remarks>
/// <threadsafety>Belongs to the loop's thread; <see cref="ConnectAsync"/> comes to it first.</threadsafety>
public sealed class VirtualNetwork
{
    private readonly Dictionary<string, VirtualListener> _listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), LinkConditions> _links = [];
    private readonly HashSet<(string, string)> _partitions = [];
    private readonly List<(string From, string To, Action Arrive)> _held = [];
    private readonly List<WeakReference<VirtualNetworkStream>> _clients = [];
    private readonly Random _chance;
    private LinkConditions _conditions = new();

    internal VirtualNetwork(EventLoop loop, Random chance)
    {
        Loop = loop;
        _chance = chance;
    }

    /// <summary>What each line is like for which <see cref="SetLink"/> has said nothing else; may be changed.</summary>
    public LinkConditions Conditions
    {
        get => _conditions;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _conditions = value;
        }
    }

    internal EventLoop Loop { get; }

    /// <summary>Says what the line between two hosts is like from now on, in both directions.</summary>
    public void SetLink(string a, string b, LinkConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        _links[Between(a, b)] = conditions;
    }

    /// <summary>Opens a name for connections.</summary>
    /// <param name="name">A host, with or without a colon and more behind it.</param>
    /// <param name="backlog">How many connections may wait to be accepted, 1 or more; the next are refused.</param>
    /// <exception cref="SocketException">The name is in use (<c>AddressAlreadyInUse</c>).</exception>
    public VirtualListener Listen(string name, int backlog = 128)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(backlog, 1);
        Loop.CheckCaller();
        var listener = new VirtualListener(this, name, backlog);
        return _listeners.TryAdd(name, listener)
            ? listener
            : throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>
    /// Connects to a name; takes the latency of both ways. Across a partition it waits until that is healed.
    /// </summary>
    /// <param name="to">The name that is listened to.</param>
    /// <param name="from">The name of the caller's end.</param>
    /// <param name="cancellationToken">Ends the attempt, as the scope around the caller does.</param>
    /// <exception cref="SocketException">
    /// Nobody listens there, or its backlog is full (<c>ConnectionRefused</c>).
    /// </exception>
    /// <exception cref="OperationCanceledException">The token or the scope around the caller is cancelled.</exception>
    public async Task<VirtualNetworkStream> ConnectAsync(
        string to, string from = "client", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(to);
        ArgumentException.ThrowIfNullOrEmpty(from);
        await NetworkWait.EnterAsync(Loop, cancellationToken);
        var answer = new NetworkWait(Loop);
        VirtualNetworkStream? client = null;
        var isGivenUp = false;
        Deliver(from, to, DelayOf(ConditionsBetween(from, to)), () =>
        {
            if (isGivenUp)
            {
                return;
            }

            client = TryConnect(from, to);
            var refusal = client is null ? new SocketException((int)SocketError.ConnectionRefused) : null;
            Deliver(to, from, DelayOf(ConditionsBetween(from, to)), () => answer.End(refusal));
        });
        try
        {
            await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
            return client!;
        }
        catch (OperationCanceledException)
        {
            isGivenUp = true;
            client?.Abort();
            throw;
        }
    }

    /// <summary>
    /// Cuts the line between two hosts: nothing arrives any more, and nobody is told. What is on its way, and what is
    /// sent, waits for <see cref="Heal"/>.
    /// </summary>
    public void Partition(string a, string b) => _partitions.Add(Between(a, b));

    /// <summary>Mends the line between two hosts; what has waited arrives after the latency.</summary>
    public void Heal(string a, string b)
    {
        Loop.CheckCaller();
        var pair = Between(a, b);
        _partitions.Remove(pair);
        foreach (var held in _held.Where(h => Between(h.From, h.To) == pair).ToList())
        {
            _held.Remove(held);
            Deliver(held.From, held.To, ConditionsBetween(a, b).Latency, held.Arrive);
        }
    }

    /// <summary>Breaks the connections that exist between two hosts: both ends fail at once.</summary>
    public void Reset(string a, string b)
    {
        Loop.CheckCaller();
        foreach (var reference in _clients)
        {
            if (reference.TryGetTarget(out var client)
                && Between(client.LocalName, client.RemoteName) == Between(a, b))
            {
                client.Break();
            }
        }
    }

    internal LinkConditions ConditionsBetween(string a, string b) =>
        _links.GetValueOrDefault(Between(a, b), _conditions);

    /// <summary>Whether something happens that has this probability.</summary>
    internal bool Happens(double probability) => probability > 0 && _chance.NextDouble() < probability;

    /// <summary>How long a segment travels, with its share of chance.</summary>
    internal TimeSpan DelayOf(LinkConditions conditions) => conditions.Jitter > TimeSpan.Zero
        ? conditions.Latency + (conditions.Jitter * _chance.NextDouble())
        : conditions.Latency;

    /// <summary>Calls back when something sent now arrives, which a partition puts off.</summary>
    internal void Deliver(string from, string to, TimeSpan delay, Action arrive) => Loop.CallLater(delay, () =>
    {
        if (_partitions.Contains(Between(from, to)))
        {
            _held.Add((from, to, arrive));
        }
        else
        {
            arrive();
        }
    });

    internal void Forget(VirtualListener listener) => _listeners.Remove(listener.Name);

    private static (string, string) Between(string a, string b)
    {
        var (first, second) = (a.Split(':')[0], b.Split(':')[0]);
        return string.CompareOrdinal(first, second) <= 0 ? (first, second) : (second, first);
    }

    private VirtualNetworkStream? TryConnect(string from, string to)
    {
        if (!_listeners.TryGetValue(to, out var listener))
        {
            return null;
        }

        var there = new VirtualPipe(this, from, to);
        var back = new VirtualPipe(this, to, from);
        var client = new VirtualNetworkStream(Loop, from, to, incoming: back, outgoing: there);
        if (!listener.TryOffer(new VirtualNetworkStream(Loop, to, from, incoming: there, outgoing: back)))
        {
            return null;
        }

        _clients.Add(new WeakReference<VirtualNetworkStream>(client));
        return client;
    }
}
