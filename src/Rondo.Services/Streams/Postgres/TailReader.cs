using System.Threading.Channels;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Brings into the live ends what other nodes have written. It reads each stream from its own last event on: when a
/// node tells of news, when an event of this node would leave a gap, and every second in any case, so that a
/// notification that is lost costs a second and nothing else.
/// </summary>
internal sealed class TailReader : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _due = [];
    private readonly StreamTails _tails;
    private readonly PostgresReader _reader;
    private readonly ITimer _timer;
    private readonly Task _running;
    private Dictionary<StreamTail, long> _erasures = [];
    private bool _isReady = true;
    private ulong _epoch;
    private bool _isAllDue;

    public TailReader(StreamTails tails, PostgresReader reader, ulong epoch)
    {
        (_tails, _reader, _epoch) = (tails, reader, epoch);
        _tails.Begun = Look;
        _running = RunAsync();
        _timer = TimeProvider.System.CreateTimer(_ => LookAtAll(), null, Period, Period);
    }

    /// <summary>Whether the database answered when it was last asked.</summary>
    public bool IsReady => Volatile.Read(ref _isReady);

    /// <summary>Called when a stream has lost events that watchers have seen.</summary>
    public Func<string, ulong, Task> Lost { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Called when the database does not answer any more, with the reason, and with null when it does.</summary>
    public Action<EventStoreException?> Changed { get; init; } = _ => { };

    /// <summary>Called now and then while the database answers.</summary>
    public Func<CancellationToken, Task> Idle { get; init; } = _ => Task.CompletedTask;

    /// <summary>There may be something new in a stream.</summary>
    public void Look(string stream)
    {
        using (_gate.EnterScope())
        {
            _due.Add(stream);
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>There may be something new anywhere.</summary>
    public void LookAtAll()
    {
        using (_gate.EnterScope())
        {
            _isAllDue = true;
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Takes over events that this node has made durable; reads what is missing before them.</summary>
    public void Publish(List<StreamEvent> events)
    {
        StreamTail? tail = null;
        foreach (var added in events)
        {
            if (tail?.Stream != added.Stream)
            {
                tail?.Wake();
                tail = _tails.Find(added.Stream);
            }

            if (tail?.TryAddNext(added) is false)
            {
                Look(added.Stream);
            }
        }

        tail?.Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                await _wake.Reader.ReadAsync(_closing.Token);
                await TryReadAsync();
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
        }
    }

    private async Task TryReadAsync()
    {
        try
        {
            string[] due;
            bool isAllDue;
            using (_gate.EnterScope())
            {
                (due, isAllDue) = ([.. _due], _isAllDue);
                _due.Clear();
                _isAllDue = false;
            }

            foreach (var stream in due)
            {
                if (_tails.Find(stream) is { } tail)
                {
                    await CatchUpAsync(tail);
                }
            }

            if (isAllDue)
            {
                await LookEverywhereAsync();
                await Idle(_closing.Token);
            }

            SetReady(null);
        }
        catch (EventStoreException reason)
        {
            // The next second comes, and then everything is looked at.
            SetReady(reason);
        }
    }

    private void SetReady(EventStoreException? reason)
    {
        if (IsReady != reason is null)
        {
            Volatile.Write(ref _isReady, reason is null);
            Changed(reason);
        }
    }

    private async Task LookEverywhereAsync()
    {
        var watched = _tails.All.Where(t => t.Known is not null).ToList();
        var (epoch, heads) = await _reader.HeadsAsync([.. watched.Select(t => t.Stream)], _closing.Token);
        if (epoch != _epoch)
        {
            _epoch = epoch;
            _tails.LoseAll();
            return;
        }

        var erasures = new Dictionary<StreamTail, long>();
        foreach (var tail in watched)
        {
            var (last, erased) = heads.GetValueOrDefault(tail.Stream);
            var (first, known) = tail.Known!.Value;
            if (last < known)
            {
                // Read before this node's latest commit, or lost: the next look tells.
                await ConfirmLossAsync(tail, known);
                continue;
            }

            if (last > known)
            {
                await CatchUpAsync(tail);
            }

            // A tail that is new may have been filled while something was erased.
            if (!_erasures.TryGetValue(tail, out var before) ? erased > 0 : before != erased)
            {
                (await _reader.ErasedAsync(tail.Stream, first, _closing.Token)).ForEach(tail.Replace);
            }

            erasures.Add(tail, erased);
        }

        _erasures = erasures;
    }

    private async Task ConfirmLossAsync(StreamTail tail, long known)
    {
        var (epoch, heads) = await _reader.HeadsAsync([tail.Stream], _closing.Token);
        var last = heads.GetValueOrDefault(tail.Stream).Last;
        if (epoch == _epoch && last < known)
        {
            await Lost($"'{tail.Stream}' had {known} events and has {last}", epoch);
        }
    }

    private async Task CatchUpAsync(StreamTail tail)
    {
        while (tail.Known is var (_, last))
        {
            var page = await _reader.ReadAsync(
                tail.Stream, new StreamCursor(_epoch, last), StreamLimits.LargestPage, _closing.Token);
            if (page.IsReset && page.Head.Epoch == _epoch && page.Head.Last < last)
            {
                await ConfirmLossAsync(tail, last);
                return;
            }

            if (page.IsReset)
            {
                // Retention has passed it, or the history is another one: the watchers find out with their cursors.
                _tails.Lose(tail);
                return;
            }

            if (page.Events.Count == 0)
            {
                return;
            }

            foreach (var added in page.Events)
            {
                tail.TryAddNext(added);
            }

            tail.Wake();
        }
    }
}
