#:project ../src/Rondo.Runtime
// Services that find each other. The talk had a fixed table of addresses, which told of the dead as well. Here each
// service registers with a lease and renews it while it lives; who dies is out a lease after the last heartbeat. In
// virtual time, so that the seconds are exact. 'rondo up' has the same over HTTP.
//
// > 0 s: Specify a service endpoint. Available: []
// > 1 s: Specify a service endpoint. Available: ['auth', 'weather']
// > 1 s: weather is at http://127.0.0.1:8080/forecast
// > 20 s: weather dies without a word, 2 s after its last heartbeat
// > 26 s: weather is at http://127.0.0.1:8080/forecast
// > 27 s: the lease of weather is over
// > 28 s: Specify a service endpoint. Available: ['auth']
// > 28 s: weather is nowhere

using Rondo.Runtime;
using Rondo.Runtime.Testing;

VirtualLoop.Run(async test =>
{
    var loop = test.Loop;
    var registry = new Registry(loop, name => Say($"the lease of {name} is over"));
    Say(registry.Home());
    using var auth = new Service(loop, registry, "auth", "http://127.0.0.1:1234/workshop/auth");
    using var weather = new Service(loop, registry, "weather", "http://127.0.0.1:8080/forecast");
    await UntilAsync(1);
    Say(registry.Home());
    Say($"weather is {registry.Find("weather")}");

    await UntilAsync(20);
    weather.Dispose();
    Say("weather dies without a word, 2 s after its last heartbeat");
    await UntilAsync(26);
    Say($"weather is {registry.Find("weather")}");
    await UntilAsync(28);
    Say(registry.Home());
    Say($"weather is {registry.Find("weather")}");

    Task UntilAsync(int second) => loop.Delay(TimeSpan.FromSeconds(second) - loop.Time);

    void Say(string text) => Console.WriteLine($"{loop.Time.TotalSeconds:0} s: {text}");
});

/// <summary>Registers, and shows signs of life until it dies. Its loop's alone.</summary>
internal sealed class Service : IDisposable
{
    private readonly EventLoop _loop;
    private readonly Registry _registry;
    private readonly (string Name, string Url) _self;
    private TimerHandle _next;

    public Service(EventLoop loop, Registry registry, string name, string url)
    {
        (_loop, _registry, _self) = (loop, registry, (name, url));
        registry.Register(name, url);
        _next = loop.CallLater(Registry.Lease / 3, Beat);
    }

    public void Dispose() => _next.Cancel();

    private void Beat()
    {
        if (!_registry.Renew(_self.Name))
        {
            _registry.Register(_self.Name, _self.Url);
        }

        _next = _loop.CallLater(Registry.Lease / 3, Beat);
    }
}

/// <summary>Who offers what, and where; told of each lease that ends. Its loop's alone, so nothing is locked.</summary>
internal sealed class Registry(EventLoop loop, Action<string> ended)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private readonly SortedDictionary<string, (string Url, TimerHandle End)> _services = [];

    public string Home() =>
        $"Specify a service endpoint. Available: [{string.Join(", ", _services.Keys.Select(name => $"'{name}'"))}]";

    public string Find(string name) => _services.TryGetValue(name, out var found) ? $"at {found.Url}" : "nowhere";

    public void Register(string name, string url) => _services[name] = (url, loop.CallLater(Lease, () => End(name)));

    /// <summary>Takes a sign of life on; false for who has to register again.</summary>
    public bool Renew(string name)
    {
        if (!_services.TryGetValue(name, out var known))
        {
            return false;
        }

        known.End.Cancel();
        Register(name, known.Url);
        return true;
    }

    private void End(string name)
    {
        _services.Remove(name);
        ended(name);
    }
}
