using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Rondo.Services.Auth;

namespace Rondo.Services.Gateway;

/// <summary>What a limit says of one request.</summary>
/// <param name="Left">How many more would be let through now.</param>
/// <param name="Next">Until there is one more.</param>
/// <param name="Wait">How long the request would have to wait; zero when it is let through.</param>
internal readonly record struct LimitVerdict(long Left, TimeSpan Next, TimeSpan Wait);

/// <summary>Counts the requests on a route against its limit.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RouteLimiter
{
    private const int Most = 20_000;
    private const int NetworkBytes = 8;

    private readonly ConcurrentDictionary<string, Cell> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<UInt128, Cell> _addresses = new();
    private readonly Cell _all = new();
    private readonly CellRate _rate;
    private readonly TimeProvider _time;

    public RouteLimiter(RouteLimit limit, TimeProvider time)
    {
        (Limit, _time) = (limit, time);
        _rate = CellRate.Of(time, limit.Rate.Limit, limit.Rate.Per) with { Burst = limit.Burst };
    }

    public RouteLimit Limit { get; }

    /// <summary>Counts a request.</summary>
    /// <param name="key">The id of the key that was shown; null for none.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="isTrial">Whether only to look.</param>
    public LimitVerdict Take(string? key, IPAddress? address, bool isTrial)
    {
        var cell = Limit.By is LimitSubject.Route ? _all
            : Limit.By is LimitSubject.Key && key is not null ? Find(_keys, key)
            : address is null ? _all
            : Find(_addresses, NetworkOf(AddressList.Plain(address)));
        var now = _time.GetTimestamp();
        var wait = isTrial ? _rate.Wait(ref cell.Empty, now) : _rate.Take(ref cell.Empty, now);
        return new LimitVerdict(_rate.Left(ref cell.Empty, now), Span(_rate.Interval), Span(wait));
    }

    private TimeSpan Span(long ticks) => TimeSpan.FromSeconds((double)ticks / _time.TimestampFrequency);

    // Who comes when there is no room left shares one count with others who do: memory has an end, and the limit holds.
    private Cell Find<T>(ConcurrentDictionary<T, Cell> cells, T subject)
        where T : notnull
    {
        if (cells.TryGetValue(subject, out var cell))
        {
            return cell;
        }

        if (cells.Count >= Most)
        {
            var now = _time.GetTimestamp();
            foreach (var (known, old) in cells)
            {
                if (Volatile.Read(ref old.Empty) <= now)
                {
                    cells.TryRemove(KeyValuePair.Create(known, old));
                }
            }
        }

        return cells.Count >= Most ? _all : cells.GetOrAdd(subject, static _ => new Cell());
    }

    private static UInt128 NetworkOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        var used = bytes[..(address.AddressFamily is AddressFamily.InterNetworkV6 ? NetworkBytes : length)];
        var number = (UInt128)used.Length;
        foreach (var part in used)
        {
            number = (number << 8) | part;
        }

        return number;
    }

    private sealed class Cell
    {
        public long Empty;
    }
}
