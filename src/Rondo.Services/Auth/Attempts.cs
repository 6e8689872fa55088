using System.Net;
using System.Net.Sockets;

namespace Rondo.Services.Auth;

/// <summary>
/// Slows those down who try keys: per address (of IPv6 the network of 64 bits), and per prefix from anywhere. A key
/// that was accepted from an address goes on to be checked from there, so that nobody locks others out. The memory is
/// fixed: who shares a slot by chance shares its bucket, and nobody outside can know who does.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class Attempts(TimeProvider time, Func<AuthOptions> options)
{
    private const int Slots = 1 << 14;
    private const int NetworkBytes = 8;

    private readonly long[] _addresses = new long[Slots];
    private readonly long[] _prefixes = new long[Slots];
    private readonly int[] _accepted = new int[Slots];
    private readonly int _seed = System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>How long somebody has to wait; zero when they may try. Takes no memory.</summary>
    public TimeSpan Wait(IPAddress? address, ReadOnlySpan<char> prefix)
    {
        var (now, origin) = (time.GetTimestamp(), HashOf(address));
        var wait = Rate(options().AttemptsPerAddress).Wait(ref _addresses[Slot(origin)], now);
        if (prefix.Length > 0)
        {
            var hash = HashOf(prefix);
            wait = Math.Max(wait, Rate(options().AttemptsPerPrefix).Wait(ref _prefixes[Slot(hash)], now));
            if (wait > 0 && Volatile.Read(ref _accepted[Slot(Pair(origin, hash))]) == Pair(origin, hash))
            {
                return TimeSpan.Zero;
            }
        }

        return wait == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)wait / time.TimestampFrequency);
    }

    /// <summary>A text was no key that counts.</summary>
    public void Failed(IPAddress? address, ReadOnlySpan<char> prefix)
    {
        var now = time.GetTimestamp();
        Rate(options().AttemptsPerAddress).Take(ref _addresses[Slot(HashOf(address))], now);
        if (prefix.Length > 0)
        {
            Rate(options().AttemptsPerPrefix).Take(ref _prefixes[Slot(HashOf(prefix))], now);
        }
    }

    /// <summary>A key was accepted. Takes no memory.</summary>
    public void Accepted(IPAddress? address, ReadOnlySpan<char> prefix)
    {
        var pair = Pair(HashOf(address), HashOf(prefix));
        ref var slot = ref _accepted[Slot(pair)];
        if (Volatile.Read(ref slot) != pair)
        {
            Volatile.Write(ref slot, pair);
        }
    }

    private CellRate Rate(int perMinute) => CellRate.Of(time, perMinute, TimeSpan.FromMinutes(1));

    private int HashOf(IPAddress? address)
    {
        if (address is null)
        {
            return _seed;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
        {
            return _seed;
        }

        var hash = new HashCode();
        hash.Add(_seed);
        hash.AddBytes(address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6
            ? bytes[..NetworkBytes]
            : bytes.Slice(Math.Max(0, length - 4), 4));
        return hash.ToHashCode();
    }

    // Marvin: its seed is the process's.
    private static int HashOf(ReadOnlySpan<char> prefix) => string.GetHashCode(prefix);

    private int Pair(int address, int prefix) => HashCode.Combine(_seed, address, prefix);

    private static int Slot(int hash) => hash & (Slots - 1);
}
