using System.Threading.Channels;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Currency;

/// <summary>
/// Carries the changes of the rates into their stream, in order and each once, also those that were made while no
/// server ran. The newest event of the stream always tells the present state.
/// </summary>
internal sealed class RateEvents(RateBook book, IEventStore streams, TimeProvider time, ILogger<RateEvents> logger)
    : BackgroundService
{
    public const string Stream = "rates";

    private const string Type = "rates";
    private const string Sender = "currency";
    private const int Kept = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The first request finds the present state in the stream.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        book.Changed += Wake;
        await TryPublishAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        book.Changed -= Wake;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _changed.Reader.ReadAsync(stoppingToken);
            while (!await TryPublishAsync(stoppingToken))
            {
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private void Wake() => _changed.Writer.TryWrite(true);

    private async Task<bool> TryPublishAsync(CancellationToken cancellation)
    {
        try
        {
            await PublishAsync(cancellation);
            return true;
        }
        catch (Exception error) when (error is EventStoreException or DatabaseException)
        {
            CurrencyLog.StreamFailed(logger, error);
            Wake();
            return false;
        }
    }

    private async Task PublishAsync(CancellationToken cancellation)
    {
        var page = await streams.ReadBackAsync(Stream, null, 1, cancellation);
        var (key, told) = page.Events is [var newest, ..] ? (newest.Key, newest.Data) : (null, default);
        foreach (var notice in book.Notices)
        {
            // It is there already if the process ended between the two steps below.
            if (notice.Key != key)
            {
                await AppendAsync(notice.Data, notice.Key, cancellation);
                told = notice.Data;
            }

            book.Forget(notice);
        }

        // Other rates than were told: a new version ships others, or they come from a file now.
        var state = RateNotice.Describe(book.Current, null);
        if (book.Notices.Count == 0 && !told.Span.StartsWith(state.AsSpan(0, state.Length - 1)))
        {
            await AppendAsync(state, null, cancellation);
        }

        await streams.RetainAsync(Stream, Kept, null, cancellation);
    }

    private Task AppendAsync(byte[] data, string? key, CancellationToken cancellation) =>
        streams.AppendAsync(Stream, [new NewEvent(Type, data, key)], null, Sender, cancellation);
}
