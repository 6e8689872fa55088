namespace Rondo.Runtime;

/// <content>What ties the loop to virtual time.</content>
public sealed partial class EventLoop
{
    private ISimulation? _simulation;

    /// <summary>Makes the loop part of a simulation, before it first runs.</summary>
    internal void Join(ISimulation simulation) => _simulation = simulation;

    /// <summary>
    /// Says that work begins outside the loop whose outcome will be posted, such as a job of an executor. In virtual
    /// time the clock stands still until the result is disposed, after that post; in real time there is none. Any
    /// thread.
    /// </summary>
    /// <param name="name">Only made in virtual time, where it is shown.</param>
    internal IDisposable? TrackWork(Func<string> name) => _simulation?.TrackWork(name());

    /// <inheritdoc cref="TrackWork(Func{string})"/>
    internal IDisposable? TrackWork(string name) => _simulation?.TrackWork(name);
}
