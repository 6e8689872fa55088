namespace Rondo.Services.Registry;

/// <summary>
/// Calls that an instance has on its hands, as far as this process sends them. Survives changes of the instance.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class InstanceLoad
{
    private int _inFlight;
    private volatile bool _isShut;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether who calls it has found that it fails, and keeps calls away from it for a while.</summary>
    public bool IsShut
    {
        get => _isShut;
        set => _isShut = value;
    }

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);
}
