using System.Collections.Immutable;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>
/// The newest edition of the board in each language. Made twice a second while somebody watches and when somebody
/// asks; nobody watches, nothing runs. An edition is made once, however many look at it.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class BoardFeed : IDisposable
{
    /// <summary>Whoever looks gets at most two editions a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // An edition in which nothing is new tells those who watch that they are still connected.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private readonly BoardReader _reader;
    private readonly BoardTiles _tiles;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _making = new(1);
    private readonly Lock _gate = new();
    private readonly BoardEdition?[] _editions = new BoardEdition?[PageLanguages.All.Count];
    private CancellationTokenSource? _watch;
    private int _watchers;

    public BoardFeed(BoardReader reader, BoardTiles tiles, TimeProvider time, Random random, ILogger<BoardFeed> logger)
    {
        (_reader, _tiles, _time, _logger) = (reader, tiles, time, logger);
        Epoch = random.NextInt64(1, long.MaxValue).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Names this process: its numbers mean nothing to another.</summary>
    public string Epoch { get; }

    /// <summary>How many watch.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>The newest edition there is; null before the first.</summary>
    public BoardEdition? Find(PageLanguage language) => Volatile.Read(ref _editions[(int)language]);

    /// <summary>An edition of this moment.</summary>
    /// <exception cref="Streams.EventStoreException">There is none yet, and none can be made.</exception>
    public async Task<BoardEdition> GetAsync(PageLanguage language)
    {
        if (Find(language) is { } known && _time.GetUtcNow() - known.Facts.At < Interval)
        {
            return known;
        }

        await MakeAsync(isEnough: true, isShown: true);
        return Find(language)!;
    }

    /// <summary>At once, for a change that somebody has made here and wants to see.</summary>
    public Task RefreshAsync() => MakeAsync(isEnough: false, isShown: true);

    /// <summary>Keeps the board up to date until what is returned is disposed of; null when too many watch.</summary>
    public IDisposable? Watch(int most)
    {
        using var scope = _gate.EnterScope();
        if (_watchers >= most)
        {
            return null;
        }

        if (++_watchers == 1)
        {
            _watch = new CancellationTokenSource();
            _ = RunAsync(_watch.Token);
        }

        return new Watcher(this);
    }

    public void Dispose()
    {
        using var scope = _gate.EnterScope();
        _watch?.Cancel();
        _watch?.Dispose();
        _watch = null;
    }

    private async Task RunAsync(CancellationToken ending)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, _time, ending);
                await MakeAsync(isEnough: false, isShown: false);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The last has left, or the process ends.
        }
    }

    /// <param name="isEnough">Whether one that was made this moment will do.</param>
    /// <param name="isShown">Whether somebody looks at it now: it counts even where the board shows nothing new.</param>
    private async Task MakeAsync(bool isEnough, bool isShown)
    {
        // Writing a board is nothing for the event loop of whoever asked for it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _making.WaitAsync();
        try
        {
            // Who waited behind another has what that one has made.
            if (isEnough && _editions[0] is { } made && _time.GetUtcNow() - made.Facts.At < Interval)
            {
                return;
            }

            var facts = await _reader.ReadAsync();
            foreach (var language in PageLanguages.All)
            {
                Publish(facts, language, isShown);
            }
        }
        catch (Exception error) when (_editions[0] is not null && error is not ObjectDisposedException)
        {
            // What is shown stays, and shows its age.
            BoardLog.UpdateFailed(_logger, error);
        }
        finally
        {
            _making.Release();
        }
    }

    private void Publish(BoardFacts facts, PageLanguage language, bool isShown)
    {
        var before = _editions[(int)language]
            ?? new BoardEdition(facts, "", 0, ImmutableDictionary<string, BoardPiece>.Empty);
        var next = before.With(facts, BoardTiles.Layout(facts, language), _tiles.Pieces(facts, language));
        if (isShown || next.Layout != before.Layout || next.HasNews || facts.At - before.Facts.At >= Silence)
        {
            Volatile.Write(ref _editions[(int)language], next);
            before.SetReplaced();
        }
    }

    private void End()
    {
        using var scope = _gate.EnterScope();
        if (--_watchers == 0)
        {
            _watch?.Cancel();
            _watch?.Dispose();
            _watch = null;
        }
    }

    private sealed class Watcher(BoardFeed feed) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                feed.End();
            }
        }
    }
}
