namespace Rondo.Runtime;

/// <summary>A user's callback that needs more than an argument; errors and the debug mode name the user's.</summary>
/// <param name="callback">The user's.</param>
internal abstract class WrappedCallback(Delegate callback)
{
    public Delegate Callback => callback;

    /// <summary>Under which it is to be called: its author's.</summary>
    public ExecutionContext? Context { get; } = ExecutionContext.Capture();

    public abstract void Call();
}
