using System.Net;
using System.Net.Sockets;
using Rondo.Runtime;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry;

/// <summary>
/// Looks after the instances that want it, each at its own interval from the end of one look to the next, and only so
/// many at once.
/// </summary>
/// <threadsafety>The registry's loop alone.</threadsafety>
internal sealed class CheckRunner(
    ServiceRegistry registry, EventLoop loop, OutboundHttp http, Func<RegistryOptions> options) : IDisposable
{
    private static readonly TimeSpan Crowded = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<(string Name, string Id), Watched> _watched = [];
    private readonly CancellationTokenSource _stop = new();
    private int _running;

    /// <summary>Follows every change of an instance.</summary>
    public void Follow(ServiceInstance instance)
    {
        var key = (instance.Name, instance.Id);
        _watched.TryGetValue(key, out var before);
        var isWanted = instance is { IsRemoved: false, IsExpired: false, Registration.Check: not null };
        if (before is not null && isWanted
            && before.Instance.Registration.Check == instance.Registration.Check
            && before.Instance.Registration.Url == instance.Registration.Url)
        {
            before.Instance = instance;
            return;
        }

        before?.End();
        _watched.Remove(key);
        if (isWanted)
        {
            var watched = new Watched(instance);
            _watched.Add(key, watched);
            Schedule(watched, TimeSpan.Zero);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        foreach (var watched in _watched.Values)
        {
            watched.End();
        }
    }

    private void Schedule(Watched watched, TimeSpan pause) =>
        watched.Timer = loop.CallLater(pause, () =>
        {
            _ = LookAsync(watched);
        });

    private async Task LookAsync(Watched watched)
    {
        if (_running >= options().ChecksAtOnce)
        {
            Schedule(watched, Crowded);
            return;
        }

        var plan = watched.Instance.Registration.Check!;
        _running++;
        var (found, note) = await ProbeAsync(watched.Instance, plan);
        _running--;
        if (watched.HasEnded)
        {
            return;
        }

        if (watched.Count(found, plan) is { } state)
        {
            try
            {
                await registry.SetCheckedAsync(watched.Instance, state, note);
            }
            catch (Streams.EventStoreException)
            {
                // Told in the log; the next look tries again.
            }
        }

        if (!watched.HasEnded)
        {
            Schedule(watched, plan.Interval);
        }
    }

    private async Task<(InstanceState Found, string Note)> ProbeAsync(ServiceInstance instance, CheckPlan plan)
    {
        var url = new Uri(instance.Registration.Url);
        try
        {
            if (plan.Kind is CheckKind.Tcp)
            {
                using var limit = new CancellationTokenSource(plan.Timeout, loop.TimeProvider);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
                await using var connection = await PublicAddress.ConnectNearbyAsync(
                    new DnsEndPoint(url.IdnHost.Trim('[', ']'), url.Port), either.Token);
                return (InstanceState.Passing, "");
            }

            var status = await http.ProbeAsync(Target(url, plan.Path), plan.Timeout, _stop.Token);
            return status switch
            {
                >= 200 and < 300 => (InstanceState.Passing, ""),
                429 => (InstanceState.Warning, "the check answered 429"),
                _ => (InstanceState.Critical, $"the check answered {status}"),
            };
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutException or SocketException
            or OperationCanceledException or IOException)
        {
            return (InstanceState.Critical, error is OperationCanceledException or TimeoutException
                ? $"the check had no answer within {TimeText.Format(plan.Timeout)}"
                : "the check could not connect, or got no HTTP");
        }
    }

    private static Uri Target(Uri url, string path) =>
        new(url.GetLeftPart(UriPartial.Authority) + url.AbsolutePath.TrimEnd('/') + path);

    private sealed class Watched(ServiceInstance instance)
    {
        private InstanceState? _last;
        private int _inARow;
        private bool _hasLooked;

        public ServiceInstance Instance { get; set; } = instance;

        public TimerHandle? Timer { get; set; }

        public bool HasEnded { get; private set; }

        public void End()
        {
            HasEnded = true;
            Timer?.Cancel();
        }

        /// <summary>Counts what was found; the state that it has come to, or null when that is not clear yet.</summary>
        public InstanceState? Count(InstanceState found, CheckPlan plan)
        {
            var isFailed = found is InstanceState.Critical;
            _inARow = _last is { } last && (last is InstanceState.Critical) == isFailed ? _inARow + 1 : 1;
            _last = found;
            var isFirst = !_hasLooked && !isFailed && Instance.Checked is InstanceState.Starting;
            _hasLooked = true;
            var isKnown = !isFailed && Instance.Checked is InstanceState.Passing or InstanceState.Warning;
            return isFirst || isKnown || _inARow >= (isFailed ? plan.FailAfter : plan.PassAfter) ? found : null;
        }
    }
}
