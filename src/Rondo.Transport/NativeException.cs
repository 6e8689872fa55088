using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Rondo.Transport;

/// <summary>A system call has failed in a way that the caller can do nothing about.</summary>
/// <remarks>
/// Not an <see cref="IOException"/>: Kestrel takes one for the end of every attempt to bind, and would not fall back to
/// IPv4 where there is no IPv6.
/// </remarks>
/// <threadsafety>Immutable.</threadsafety>
public sealed class NativeException : ExternalException
{
    internal NativeException(string call, int error)
        : base($"{call}: {new Win32Exception(error).Message} (errno {error})", error)
    {
        Call = call;
        Error = error;
    }

    /// <summary>The name of the call, as in its manual page.</summary>
    public string Call { get; }

    /// <summary>The error number, as in <c>errno(3)</c>; positive.</summary>
    public int Error { get; }

    /// <summary>The outcome of a call, unless it has failed.</summary>
    internal static int Check(string call, int outcome) =>
        outcome >= 0 ? outcome : throw new NativeException(call, -outcome);

    /// <inheritdoc cref="Check(string, int)"/>
    internal static long Check(string call, long outcome) =>
        outcome >= 0 ? outcome : throw new NativeException(call, (int)-outcome);
}
