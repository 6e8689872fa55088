using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Registry;

/// <summary>
/// Carries orders out, one after the other, as events of the stream <c>registry</c>: what waits while the disk works is
/// stored together, with one fsync. Nobody sees a change, and nobody is told of it, before it is durable; one that
/// could not be stored is undone. The revision is the number of the newest event.
/// </summary>
/// <threadsafety>The registry's loop alone.</threadsafety>
internal sealed class RegistryJournal(
    IEventStore store, RegistryTables tables, Func<RegistryOptions> options, ILogger logger)
{
    public const string Stream = "registry";
    public const string Up = "instance-up";
    public const string Down = "instance-down";
    public const string Changed = "instance-changed";

    private const int Page = 1000;
    private const int MostEventsAtOnce = 500;

    // The state must fit into a snapshot, of which a stream takes 16 MB.
    private const int MostStateBytes = 15 * 1024 * 1024;

    private readonly Queue<IOrder> _waiting = new();
    private readonly List<(ServiceInstance? Before, ServiceInstance After)> _changes = [];
    private readonly List<NewEvent> _events = [];
    private readonly Dictionary<(string Name, string Id), int> _sizes = [];
    private bool _isBusy;
    private long _index;
    private long _sinceSnapshot;
    private long _stateBytes;

    /// <summary>Called for each change once it is durable, on the loop.</summary>
    public event Action<ServiceInstance>? Stored;

    public ulong Epoch => store.Epoch;

    /// <summary>Whether nothing more fits, however few instances there are.</summary>
    public bool IsFull => tables.Count >= options().Instances || _stateBytes >= MostStateBytes;

    /// <summary>Reads the state. Leases begin anew: <paramref name="revive"/> gives each instance its own.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task LoadAsync(Action<ServiceInstance> revive)
    {
        var kept = new Dictionary<(string, string), ServiceInstance>();
        var snapshot = await store.ReadSnapshotAsync(Stream);
        if (snapshot is not null)
        {
            foreach (var instance in JsonSerializer.Deserialize<List<ServiceInstance>>(
                snapshot.State.Span, Registration.Json)!)
            {
                kept[(instance.Name, instance.Id)] = instance;
            }
        }

        var last = snapshot?.Seq ?? 0;
        while (true)
        {
            var page = await store.ReadAsync(Stream, new StreamCursor(null, last), Page);
            foreach (var change in page.Events)
            {
                Fold(kept, change);
                last = change.Seq;
                _sinceSnapshot++;
            }

            if (page.Events.Count == 0)
            {
                break;
            }
        }

        _index = last;
        foreach (var instance in kept.Values)
        {
            revive(instance);
            tables.Set(instance.Name, instance.Id, instance);
            Count(instance, JsonSerializer.SerializeToUtf8Bytes(instance, Registration.Json).Length);
        }

        tables.Publish(Epoch, _index);
        foreach (var instance in kept.Values)
        {
            Stored?.Invoke(instance);
        }
    }

    /// <summary>
    /// Lets <paramref name="decide"/> look at the state and change it, and ends once that is durable.
    /// </summary>
    /// <exception cref="EventStoreException">It could not be stored, and did not happen.</exception>
    public Task<T> DoAsync<T>(Func<T> decide)
    {
        var order = new Order<T>(decide);
        _waiting.Enqueue(order);
        if (!_isBusy)
        {
            _ = RunAsync();
        }

        return order.Task;
    }

    /// <summary>Changes an instance, or makes one; from within an order alone.</summary>
    public void Put(ServiceInstance after)
    {
        var before = tables.Find(after.Name, after.Id);
        var data = JsonSerializer.SerializeToUtf8Bytes(after, Registration.Json);
        _changes.Add((before, after));
        _events.Add(new NewEvent(TypeOf(before, after), data));
        tables.Set(after.Name, after.Id, after.IsRemoved ? null : after);
        Count(after, data.Length);
    }

    private static string TypeOf(ServiceInstance? before, ServiceInstance after) =>
        after.IsRemoved || (before is { IsUp: true } && !after.IsUp) ? Down
        : before is not { IsUp: true } && after.IsUp ? Up
        : Changed;

    private static void Fold(Dictionary<(string, string), ServiceInstance> kept, StreamEvent change)
    {
        if (change.Type is not (Up or Down or Changed))
        {
            return;
        }

        var instance = JsonSerializer.Deserialize<ServiceInstance>(change.Data.Span, Registration.Json)!;
        instance.Index = change.Seq;
        if (instance.IsRemoved)
        {
            kept.Remove((instance.Name, instance.Id));
        }
        else
        {
            kept[(instance.Name, instance.Id)] = instance;
        }
    }

    private async Task RunAsync()
    {
        _isBusy = true;
        var orders = new List<IOrder>();
        try
        {
            while (_waiting.Count > 0)
            {
                while (_events.Count < MostEventsAtOnce && _waiting.TryDequeue(out var order))
                {
                    order.Decide();
                    orders.Add(order);
                }

                var failure = await StoreAsync();
                tables.Publish(Epoch, _index);
                orders.ForEach(o => o.Complete(failure));
                orders.Clear();
                if (failure is null)
                {
                    _changes.ForEach(c => Stored?.Invoke(c.After));
                }

                _changes.Clear();
                _events.Clear();
                await CompactAsync();
            }
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task<Exception?> StoreAsync()
    {
        if (_events.Count == 0)
        {
            return null;
        }

        try
        {
            var stored = await store.AppendAsync(Stream, _events);
            foreach (var (at, change) in _changes.Index())
            {
                change.After.Index = stored[at].Seq;
            }

            _index = stored[^1].Seq;
            _sinceSnapshot += stored.Count;
            return null;
        }
        catch (Exception error) when (error is EventStoreException or ArgumentException)
        {
            RegistryLog.AppendFailed(logger, error.Message);
            foreach (var (before, after) in Enumerable.Reverse(_changes))
            {
                tables.Set(after.Name, after.Id, before);
                Count(before ?? (after with { IsRemoved = true }), before is null ? 0 : Size(before));
            }

            return error;
        }
    }

    // History is long only for who comes back late: the state lies in a snapshot.
    private async Task CompactAsync()
    {
        var keep = options().KeepEvents;
        if (_sinceSnapshot < Math.Max(keep / 2, tables.Count))
        {
            return;
        }

        _sinceSnapshot = 0;
        try
        {
            await store.SnapshotAsync(
                Stream, _index, JsonSerializer.SerializeToUtf8Bytes(tables.All, Registration.Json));
            await store.RetainAsync(Stream, keep, null);
        }
        catch (Exception error) when (error is EventStoreException or ArgumentException)
        {
            RegistryLog.CompactFailed(logger, error);
        }
    }

    private static int Size(ServiceInstance instance) =>
        JsonSerializer.SerializeToUtf8Bytes(instance, Registration.Json).Length;

    private void Count(ServiceInstance instance, int bytes)
    {
        _sizes.Remove((instance.Name, instance.Id), out var before);
        _stateBytes -= before;
        if (!instance.IsRemoved)
        {
            _sizes.Add((instance.Name, instance.Id), bytes);
            _stateBytes += bytes;
        }
    }

    private interface IOrder
    {
        void Decide();

        void Complete(Exception? failure);
    }

    private sealed class Order<T>(Func<T> decide) : IOrder
    {
        private readonly TaskCompletionSource<T> _done = new();
        private T? _result;
        private Exception? _mistake;

        public Task<T> Task => _done.Task;

        public void Decide()
        {
            try
            {
                _result = decide();
            }
            catch (Exception error)
            {
                _mistake = error;
            }
        }

        public void Complete(Exception? failure)
        {
            if ((_mistake ?? failure) is { } error)
            {
                _done.TrySetException(error);
            }
            else
            {
                _done.TrySetResult(_result!);
            }
        }
    }
}
