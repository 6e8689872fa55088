using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Board.Http;

/// <summary>
/// <c>/board/stream</c>: the pieces of the board as they change, at most twice a second. Whoever has been away, or
/// reads slowly, gets every piece that is newer than what it has, once; nothing is kept for it.
/// </summary>
internal sealed class BoardStream(BoardFeed feed, BoardStore store, IHostApplicationLifetime lifetime)
{
    private const int MostWatchers = 500;
    private const string RetryAfterSeconds = "30";

    private static readonly SearchValues<char> EpochDigits = SearchValues.Create("0123456789abcdef");

    public async Task ServeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query[BoardQuery.Language] is [{ } tag] && PageLanguages.Parse(tag) is null)
        {
            await new Problem(ProblemType.InvalidParameter, "'lang' is one of en, de.").WriteAsync(context);
            return;
        }

        // What the browser remembers of this connection is newer than what the page began with.
        var given = context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id] ? id
            : query[BoardQuery.After] is [{ } after] ? after
            : null;
        if (given is not null && Seen(given) is null)
        {
            await new Problem(ProblemType.InvalidParameter, "'after' is what an event of this stream had as its id.")
                .WriteAsync(context);
            return;
        }

        using var watching = feed.Watch(MostWatchers);
        if (watching is null)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await new Problem(ProblemType.NotReady, "Too many watch the board.").WriteAsync(context);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var language = BoardQuery.LanguageOf(context, await store.GetAsync());
            var edition = await feed.GetAsync(language);
            context.Response.ContentType = StreamFeed.EventStream;
            context.Response.Headers.CacheControl = "no-store";
            var output = context.Response.BodyWriter;
            output.Write("retry: 3000\n\n"u8);
            for (var seen = given is null ? 0 : Seen(given)!.Value; ; seen = edition.Seq)
            {
                edition = feed.Find(language)!;
                Write(output, edition, Math.Min(seen, edition.Seq));
                await output.FlushAsync(ending.Token);
                await edition.Replaced.WaitAsync(ending.Token);
            }
        }
        catch (EventStoreException error) when (!context.Response.HasStarted)
        {
            await StreamProblems.Describe(error).WriteAsync(context);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader has left, or Rondo stops; it comes again.
        }
    }

    public string Cursor(BoardEdition edition) =>
        string.Create(CultureInfo.InvariantCulture, $"{feed.Epoch}-{edition.Seq}");

    private void Write(PipeWriter output, BoardEdition edition, long seen)
    {
        Encoding.UTF8.GetBytes($"event: board\nid: {Cursor(edition)}\ndata: ", output);
        output.Write(edition.Since(seen));
        output.Write("\n\n"u8);
    }

    /// <summary>The number in a cursor; 0 in one of another process; null when it is none.</summary>
    private long? Seen(string cursor)
    {
        var dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && cursor.AsSpan(0, dash).IndexOfAnyExcept(EpochDigits) < 0
            && long.TryParse(cursor.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
                ? cursor.AsSpan(0, dash).SequenceEqual(feed.Epoch) ? seq : 0
                : null;
    }
}
