namespace Rondo.Services.Registry;

/// <summary>
/// Calls that an instance has on its hands, as far as this process sends them. Survives changes of the instance.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class InstanceLoad
{
    private int _inFlight;

    public int InFlight => Volatile.Read(ref _inFlight);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);
}
