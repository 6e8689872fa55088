using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Rondo.Services.Streams;

/// <summary>What a stream takes. A breach is the caller's mistake and an <see cref="ArgumentException"/>.</summary>
internal static class StreamLimits
{
    public const int LongestName = 200;
    public const int LongestType = 64;
    public const int LongestKey = 200;
    public const int MostDataBytes = 64 * 1024;

    /// <summary>Events of one append, which are stored in one transaction.</summary>
    public const int MostEventsAtOnce = 1000;

    /// <summary>Events of one page.</summary>
    public const int LargestPage = 1000;

    /// <summary>A page ends after so much data, with fewer events than were asked for.</summary>
    public const int LargestPageBytes = 1024 * 1024;

    /// <summary>Bytes of a snapshot.</summary>
    public const int MostSnapshotBytes = 16 * 1024 * 1024;

    /// <summary>Events of a stream that are kept in memory for those who watch it.</summary>
    public const int TailEvents = 1024;

    private const string Audit = "audit";

    /// <summary>How long an idempotence key counts.</summary>
    public static readonly TimeSpan KeyLife = TimeSpan.FromHours(24);

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789/_-");

    private static readonly SearchValues<char> TypeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    // The first two are tombstones, the others what a watcher is told beside events.
    private static readonly string[] ReservedTypes = [StreamEvent.Erased, StreamEvent.Lost, "reset", "live", "resume"];

    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= LongestName && !name.ContainsAnyExcept(NameCharacters);

    public static bool IsType(ReadOnlySpan<char> type) =>
        type.Length is > 0 and <= LongestType && !type.ContainsAnyExcept(TypeCharacters);

    public static void CheckName(string stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!IsName(stream))
        {
            throw new ArgumentException(
                $"A stream's name has 1 to {LongestName} characters of a-z, 0-9, '/', '_' and '-'.", nameof(stream));
        }
    }

    /// <summary>The events as they will be stored: each with data of its own, on one line.</summary>
    public static NewEvent[] Check(IReadOnlyList<NewEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count is 0 or > MostEventsAtOnce)
        {
            throw new ArgumentException($"An append has 1 to {MostEventsAtOnce} events.", nameof(events));
        }

        var keys = events.Where(e => e.Key is not null).Select(e => e.Key).ToHashSet();
        if (keys.Count > 0 && keys.Count < events.Count)
        {
            throw new ArgumentException("Each event of an append has a key of its own, or none has.", nameof(events));
        }

        return [.. events.Select(Check)];
    }

    public static void CheckSender(string sender)
    {
        ArgumentNullException.ThrowIfNull(sender);
        if (sender.Length > LongestKey)
        {
            throw new ArgumentException($"A sender has at most {LongestKey} characters.", nameof(sender));
        }
    }

    public static void CheckRead(string stream, int limit)
    {
        CheckName(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestPage);
    }

    public static void CheckWatch(IReadOnlyList<WatchedStream> streams, int mostBehind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBehind, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mostBehind, TailEvents);
        foreach (var watched in streams)
        {
            CheckName(watched.Stream);
        }

        if (streams.DistinctBy(s => s.Stream).Count() != streams.Count)
        {
            throw new ArgumentException("A stream is watched once.", nameof(streams));
        }
    }

    /// <exception cref="InvalidOperationException">It is a stream that nobody may change.</exception>
    public static void CheckErase(string stream)
    {
        CheckName(stream);
        if (stream == Audit || stream.StartsWith(Audit + "/", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                "Nothing is erased from 'audit'; personal text does not belong there.");
        }
    }

    public static void CheckSnapshot(string stream, ReadOnlyMemory<byte> state)
    {
        CheckName(stream);
        if (state.Length > MostSnapshotBytes)
        {
            throw new ArgumentException($"A snapshot has at most {MostSnapshotBytes} bytes.", nameof(state));
        }
    }

    private static NewEvent Check(NewEvent added)
    {
        if (!IsType(added.Type) || ReservedTypes.Contains(added.Type))
        {
            throw new ArgumentException(
                $"'{added.Type}' is no type: 1 to {LongestType} characters of a-z, 0-9, '.', '_' and '-', and none of "
                    + string.Join(", ", ReservedTypes) + ".");
        }

        if (added.Key is { Length: 0 or > LongestKey })
        {
            throw new ArgumentException($"A key has 1 to {LongestKey} characters.");
        }

        return added with { Data = OneLine(added.Data) };
    }

    /// <summary>A copy of JSON without line ends, which stand between its tokens only.</summary>
    public static byte[] OneLine(ReadOnlyMemory<byte> data)
    {
        if (data.Length > MostDataBytes)
        {
            throw new ArgumentException($"An event's data has at most {MostDataBytes} bytes, not {data.Length}.");
        }

        var copy = data.ToArray();
        try
        {
            var json = new Utf8JsonReader(copy);
            while (json.Read())
            {
            }
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"An event's data is JSON: {error.Message}", error);
        }

        if (!Utf8.IsValid(copy))
        {
            throw new ArgumentException("An event's data is JSON in UTF-8.");
        }

        copy.AsSpan().ReplaceAny(SearchValues.Create("\r\n"u8), (byte)' ');
        return copy;
    }
}
