#:project ../../../src/Rondo.Runtime
// Part 3, exercise 4: discovery
// A fixed table of addresses tells of the dead as well. Here a service registers with a lease and renews it while it
// lives; who dies is out when the lease is over. In virtual time, so that the seconds are exact.
//
// > 0 s: Available: ['auth', 'weather']
// > 20 s: weather dies without a word
// > 26 s: weather is at http://127.0.0.1:8080/forecast
// ? The last heartbeat was at 18 s, and a lease lasts for 9: until 27 s it counts as alive.
// > 27 s: the lease of weather is over
// ? Renew cancels the timer of the old lease and sets a new one; the timer removes the service and tells 'ended'.
// > 28 s: Available: ['auth']

using Rondo.Runtime;
using Rondo.Runtime.Testing;

VirtualLoop.Run(async test =>
{
    var loop = test.Loop;
    var registry = new Registry(loop, name => Say($"the lease of {name} is over"));
    registry.Register("auth", "http://127.0.0.1:1234/workshop/auth");
    registry.Register("weather", "http://127.0.0.1:8080/forecast");
    Say(registry.Home());
    var weatherLives = true;
    Beat();
    await UntilAsync(20);
    weatherLives = false;
    Say("weather dies without a word");
    await UntilAsync(26);
    Say($"weather is {registry.Find("weather")}");
    await UntilAsync(28);
    Say(registry.Home());

    // Every 3 seconds a sign of life.
    void Beat() => loop.CallLater(TimeSpan.FromSeconds(3), () =>
    {
        registry.Renew("auth");
        if (weatherLives)
        {
            registry.Renew("weather");
        }

        Beat();
    });

    Task UntilAsync(int second) => loop.Delay(TimeSpan.FromSeconds(second) - loop.Time);

    void Say(string text) => Console.WriteLine($"{loop.Time.TotalSeconds:0} s: {text}");
});

/// <summary>Who offers what, and where. Its loop's alone, so nothing is locked.</summary>
internal sealed class Registry(EventLoop loop, Action<string> ended)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private readonly SortedDictionary<string, (string Url, TimerHandle End)> _services = [];

    public string Home() => $"Available: [{string.Join(", ", _services.Keys.Select(name => $"'{name}'"))}]";

    public string Find(string name) => _services.TryGetValue(name, out var found) ? $"at {found.Url}" : "nowhere";

    public void Register(string name, string url)
    {
        _services[name] = (url, loop.CallLater(Lease, () =>
        {
            _services.Remove(name);
            ended(name);
        }));
    }

    public void Renew(string name)
    {
        var known = _services[name];
        known.End.Cancel();
        Register(name, known.Url);
    }
}
