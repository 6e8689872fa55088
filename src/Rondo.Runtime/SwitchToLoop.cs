using System.Runtime.CompilerServices;

namespace Rondo.Runtime;

/// <summary>What <see cref="EventLoop.SwitchTo"/> returns: await it.</summary>
/// <threadsafety>Any thread.</threadsafety>
public readonly struct SwitchToLoop : ICriticalNotifyCompletion, IEquatable<SwitchToLoop>
{
    private readonly EventLoop _loop;

    internal SwitchToLoop(EventLoop loop) => _loop = loop;

    /// <summary>Whether the caller is on the loop already.</summary>
    public bool IsCompleted => ReferenceEquals(EventLoop.Running, _loop);

    /// <summary>For the compiler.</summary>
    public SwitchToLoop GetAwaiter() => this;

    /// <summary>For the compiler.</summary>
    public void GetResult()
    {
    }

    /// <summary>For the compiler.</summary>
    public void OnCompleted(Action continuation) => _loop.CallSoonThreadSafe(continuation);

    /// <summary>For the compiler.</summary>
    public void UnsafeOnCompleted(Action continuation) => _loop.Dispatch(continuation, null);

    /// <summary>Whether both lead to the same loop.</summary>
    public bool Equals(SwitchToLoop other) => ReferenceEquals(_loop, other._loop);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is SwitchToLoop other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _loop?.GetHashCode() ?? 0;

    /// <summary>Whether both lead to the same loop.</summary>
    public static bool operator ==(SwitchToLoop left, SwitchToLoop right) => left.Equals(right);

    /// <summary>Whether they lead to different loops.</summary>
    public static bool operator !=(SwitchToLoop left, SwitchToLoop right) => !left.Equals(right);
}
