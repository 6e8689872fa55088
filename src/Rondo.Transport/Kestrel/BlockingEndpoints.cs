using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// Which endpoints have blocked their loop lately. Routing has not run when this is asked, so an endpoint is the method
/// and the first two segments of the path.
/// </summary>
/// <param name="time">Says how long ago.</param>
/// <param name="logger">Is told of each that blocks a second time while the first is remembered.</param>
internal sealed class BlockingEndpoints(TimeProvider time, ILogger logger)
{
    private const int Most = 256;
    private const int LongestName = 128;

    // One long callback may have been a compilation or the machine; who has blocked for good does so again.
    private const int RunsThatProve = 16;

    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Record> _blocked = new(StringComparer.Ordinal);
    private volatile bool _isEmpty = true;

    /// <summary>How many are remembered; some of them may have been forgotten if anybody asked.</summary>
    public int Count => _blocked.Count;

    /// <summary>
    /// Whether it has blocked within the last ten seconds and not proved harmless since. Costs next to nothing while
    /// none has.
    /// </summary>
    public bool Contains(string method, string path)
    {
        if (_isEmpty)
        {
            return false;
        }

        Span<char> name = stackalloc char[LongestName];
        var length = Write(name, method, path);
        var lookup = _blocked.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(name[..length], out var last))
        {
            return false;
        }

        if (time.GetElapsedTime(last.At) < s_memory && last.HarmlessRuns < RunsThatProve)
        {
            return true;
        }

        lookup.TryRemove(name[..length], out _);
        _isEmpty = _blocked.IsEmpty;
        return false;
    }

    /// <summary>It has blocked now.</summary>
    public void Add(string method, string path)
    {
        Span<char> buffer = stackalloc char[LongestName];
        var name = new string(buffer[..Write(buffer, method, path)]);
        var isKnown = _blocked.TryGetValue(name, out var last);
        if (!isKnown && _blocked.Count >= Most)
        {
            _blocked.TryRemove(_blocked.MinBy(b => b.Value.At));
        }

        _blocked[name] = new Record(time.GetTimestamp()) { HasBlockedBefore = isKnown };
        _isEmpty = false;
        if (last is { HasBlockedBefore: false })
        {
            // The first time may have been the compilation of its code, which is nobody's fault.
            // A loop stands still until we return, and a log may block.
            ThreadPool.UnsafeQueueUserWorkItem(
                static found => TransportLog.EndpointBlocks(found.Logger, found.Name),
                (Logger: logger, Name: name),
                preferLocal: false);
        }
    }

    /// <summary>It has run beside the loops and not blocked.</summary>
    public void Forgive(string method, string path)
    {
        Span<char> name = stackalloc char[LongestName];
        var length = Write(name, method, path);
        if (_blocked.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out var record))
        {
            Interlocked.Increment(ref record.HarmlessRuns);
        }
    }

    private static int Write(Span<char> name, string method, string path)
    {
        var length = Copy(method, name, 0);
        length = Copy(" ", name, length);
        return Copy(path.AsSpan(0, EndOfSecondSegment(path)), name, length);
    }

    private static int Copy(ReadOnlySpan<char> text, Span<char> name, int at)
    {
        var count = Math.Min(text.Length, name.Length - at);
        text[..count].CopyTo(name[at..]);
        return at + count;
    }

    // "/convert/GBP/100" -> "/convert/GBP"
    private static int EndOfSecondSegment(string path)
    {
        var second = path.Length > 1 ? path.IndexOf('/', 1) : -1;
        var third = second >= 0 && second + 1 < path.Length ? path.IndexOf('/', second + 1) : -1;
        return third >= 0 ? third : path.Length;
    }

    private sealed class Record(long at)
    {
        public int HarmlessRuns;

        public bool HasBlockedBefore { get; init; }

        public long At => at;
    }
}
