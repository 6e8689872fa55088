using System.Runtime.CompilerServices;

namespace Rondo.Transport.Kestrel;

/// <summary>Awaiting this goes on in a context, never where it was.</summary>
internal readonly struct SwitchToContext(SynchronizationContext context) : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public SwitchToContext GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => context.Post(static c => ((Action)c!)(), continuation);
}
