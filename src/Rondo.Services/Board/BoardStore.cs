using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Board;

/// <summary>What was decided about the board, as the stream <c>board</c>: the newest event counts.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class BoardStore(IEventStore store, ILogger<BoardStore> logger)
{
    private const string Stream = "board";
    private const string Changed = "settings";
    private const int Kept = 100;

    private BoardSettings? _current;

    /// <summary>The settings at present.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async ValueTask<BoardSettings> GetAsync()
    {
        if (Volatile.Read(ref _current) is { } known)
        {
            return known;
        }

        var page = await store.ReadBackAsync(Stream, null, 1);
        var read = page.Events is [var newest, ..] ? Parse(newest) : BoardSettings.Default;
        return Interlocked.CompareExchange(ref _current, read, null) ?? read;
    }

    /// <summary>Keeps other settings. Returns once they are durable.</summary>
    /// <exception cref="EventStoreException">They could not be stored.</exception>
    public async Task SaveAsync(BoardSettings settings)
    {
        await store.AppendAsync(
            Stream, [new NewEvent(Changed, JsonSerializer.SerializeToUtf8Bytes(settings, BoardSettings.Json))]);
        Volatile.Write(ref _current, settings);
        await store.RetainAsync(Stream, Kept, null);
    }

    private BoardSettings Parse(StreamEvent stored)
    {
        try
        {
            var read = JsonSerializer.Deserialize<BoardSettings>(stored.Data.Span, BoardSettings.Json);
            return read?.Mistake() is null ? read ?? BoardSettings.Default : BoardSettings.Default;
        }
        catch (JsonException error)
        {
            BoardLog.SettingsUnreadable(logger, error);
            return BoardSettings.Default;
        }
    }
}
