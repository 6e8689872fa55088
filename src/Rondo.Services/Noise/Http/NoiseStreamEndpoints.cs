using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise.Http;

/// <summary>
/// The live levels as server-sent events: all rooms in one event, about once a second, however many frames there are;
/// who reads slowly gets the newest. And the alarms.
/// </summary>
internal sealed class NoiseStreamEndpoints(
    NoiseBook book, LiveOptions<NoiseOptions> options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private (NoiseSnapshot? Snapshot, byte[] Data) _made = (null, []);
    private int _viewers;

    /// <summary>Those who watch at present.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").WithMetadata(AnyOrigin.Instance);
        open.MapGet("/noise/stream", context => ServeAsync(context, null));
        open.MapGet("/noise/rooms/{room}/stream", context => ServeAsync(context, NoiseRequests.RoomOf(context)));
        open.MapStream("/noise/alarms", NoiseMonitor.AlarmStream, StreamStart.First);
    }

    private async Task ServeAsync(HttpContext context, string? id)
    {
        if (id is not null && book.Current.Find(id) is null)
        {
            await NoiseProblems.Missing(id).WriteAsync(context);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            if (Interlocked.Increment(ref _viewers) > options.Current.Viewers)
            {
                await new Problem(ProblemType.NotReady, "There are too many viewers. Try again later.")
                    .WriteAsync(context);
                return;
            }

            await WriteAsync(context, id, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The viewer has left, or Rondo stops.
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }

    private async Task WriteAsync(HttpContext context, string? id, CancellationToken cancellation)
    {
        context.Response.ContentType = StreamFeed.EventStream;
        context.Response.Headers.CacheControl = "no-store";
        var output = context.Response.BodyWriter;
        output.Write("retry: 3000\n\n"u8);
        var (snapshot, changed) = book.Read();
        var told = snapshot.Alarms is [.., var newest] ? newest.Seq : 0;
        DateTimeOffset shown = default;
        while (true)
        {
            told = WriteAlarms(output, snapshot, id, told);

            // Two snapshots in a row, as after a change of settings, are one too many.
            if (snapshot.At != shown)
            {
                WriteLevels(output, snapshot, id);
                shown = snapshot.At;
            }

            await output.FlushAsync(cancellation);
            try
            {
                await changed.WaitAsync(LongestWait, time, cancellation);
            }
            catch (TimeoutException)
            {
                output.Write(":\n\n"u8);
            }

            (snapshot, changed) = book.Read();
        }
    }

    private void WriteLevels(PipeWriter output, NoiseSnapshot snapshot, string? id)
    {
        if (id is null)
        {
            output.Write(All(snapshot));
        }
        else if (snapshot.Find(id) is { } room)
        {
            Write(output, "levels", null, StreamJson.Object(json =>
            {
                json.WriteString("at", StreamJson.Text(snapshot.At));
                NoiseJson.WriteLevels(json, room, snapshot.At);
            }));
        }
    }

    // Made once for everybody.
    private byte[] All(NoiseSnapshot snapshot)
    {
        using var scope = _gate.EnterScope();
        if (_made.Snapshot != snapshot)
        {
            byte[] data = [.. "event: levels\ndata: "u8, .. NoiseJson.Levels(snapshot), .. "\n\n"u8];
            _made = (snapshot, data);
        }

        return _made.Data;
    }

    private static long WriteAlarms(PipeWriter output, NoiseSnapshot snapshot, string? id, long told)
    {
        foreach (var alarm in snapshot.Alarms)
        {
            if (alarm.Seq > told)
            {
                told = alarm.Seq;
                if (id is null || alarm.RoomId == id)
                {
                    Write(output, NoiseMonitor.AlarmType, alarm.Seq, NoiseJson.Alarm(alarm));
                }
            }
        }

        return told;
    }

    private static void Write(PipeWriter output, string type, long? seq, ReadOnlySpan<byte> data)
    {
        var id = seq is { } number ? string.Create(CultureInfo.InvariantCulture, $"id: {number}\n") : "";
        Encoding.UTF8.GetBytes($"event: {type}\n{id}data: ", output);
        output.Write(data);
        output.Write("\n\n"u8);
    }
}
