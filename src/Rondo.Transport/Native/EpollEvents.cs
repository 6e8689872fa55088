using System.Runtime.InteropServices;

namespace Rondo.Transport.Native;

/// <summary>
/// Room for the events of one <c>epoll_wait</c>. <c>struct epoll_event</c> is packed to 12 bytes on x64 and on no other
/// architecture, where four bytes of padding come before the data; hence words instead of a struct.
/// </summary>
internal sealed class EpollEvents(int capacity)
{
    /// <summary>Words per event.</summary>
    public static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;

    /// <summary>Where the collector does not move it, since a wait can be long.</summary>
    public uint[] Words { get; } = GC.AllocateArray<uint>(capacity * Stride, pinned: true);

    public int Capacity => capacity;

    public uint Kinds(int index) => Words[index * Stride];

    public ulong Data(int index)
    {
        var end = (index * Stride) + Stride;
        return Words[end - 2] | ((ulong)Words[end - 1] << 32);
    }

    /// <summary>One event as words.</summary>
    public static void Write(Span<uint> words, uint kinds, ulong data)
    {
        words[0] = kinds;
        words[Stride - 2] = (uint)data;
        words[Stride - 1] = (uint)(data >> 32);
    }
}
