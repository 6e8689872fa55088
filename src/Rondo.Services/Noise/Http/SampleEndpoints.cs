using Rondo.Services.Hosting;

namespace Rondo.Services.Noise.Http;

/// <summary>How frames come in: by WebSocket, or many at once by POST.</summary>
internal sealed class SampleEndpoints(
    NoiseLoop loop, NoiseMonitor monitor, NoiseSockets sockets, LiveOptions<NoiseOptions> options)
{
    private const int MostBytes = 64 * 1024;
    private const byte NewLine = (byte)'\n';

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/noise/publish", sockets.ServeAsync);
        routes.MapPost("/noise/rooms/{room}/samples", PostAsync);
    }

    private async Task PostAsync(HttpContext context)
    {
        if (NoiseRequests.Bearer(context) is not { } token)
        {
            await NoiseRequests.AskForTokenAsync(context);
            return;
        }

        if (context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant()
            is not (MediaType.Json or MediaType.Ndjson or "application/ndjson"))
        {
            await new NoiseRefusal(
                NoiseProblems.UnsupportedType,
                $"Frames come as {MediaType.Ndjson}, one on each line, or one as {MediaType.Json}.")
                .WriteAsync(context);
            return;
        }

        var body = await BoundedStream.ReadAllAsync(context.Request.Body, MostBytes, context.RequestAborted);
        if (body is null)
        {
            await new Problem(ProblemType.BodyTooLarge, $"A body has at most {MostBytes} bytes.").WriteAsync(context);
            return;
        }

        var messages = Messages(body);
        var roomId = NoiseRequests.RoomOf(context);
        var answer = await loop.AskAsync(() => TakeAsync(roomId, token, messages));
        await (answer.Refusal is { } refusal ? refusal.WriteAsync(context) : WriteAsync(context, answer));
    }

    private async Task<Answer> TakeAsync(string roomId, string token, List<DeviceMessage> messages)
    {
        var (place, device, refusal) = monitor.IsLoaded
            ? monitor.Admit(roomId, null, token)
            : (null, null, new NoiseRefusal(NoiseProblems.NotLoaded, "Rondo is about to start."));
        if (device is null)
        {
            return new Answer(0, [], refusal);
        }

        if (messages.Select(m => m.Frame).OfType<NoiseFrame>().MaxBy(f => f.Start + f.Length) is { } newest)
        {
            device.Expect(newest, options.Current);
        }

        var (refused, last) = (new List<(long?, NoiseRefusal)>(), Task.FromResult<NoiseRefusal?>(null));
        foreach (var message in messages)
        {
            var wrong = message.Frame is not { } frame ? message.Refusal ?? NoiseFrame.Bad("A hello has no place here.")
                : frame.RoomId != roomId || frame.Device != device.Config.Id
                    ? new NoiseRefusal(NoiseProblems.WrongDevice, "The frame is of another room or device.")
                    : null;
            if (wrong is null)
            {
                (wrong, var stored) = place!.Take(device, message.Frame!);
                last = wrong is null ? stored : last;
            }

            if (wrong?.Type == NoiseProblems.TooFast || (wrong is not null && messages.Count == 1))
            {
                await last;
                return new Answer(device.Ack, [], wrong);
            }

            if (wrong is not null)
            {
                refused.Add((message.Seq ?? message.Frame?.Seq, wrong));
            }
        }

        return new Answer(0, refused, await last) with { Ack = device.Ack };
    }

    private static List<DeviceMessage> Messages(byte[] body)
    {
        var messages = new List<DeviceMessage>();
        var rest = body.AsMemory();
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf(NewLine);
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.IndexOfAnyExcept((byte)' ', (byte)'\r', (byte)'\t') < 0)
            {
                continue;
            }

            messages.Add(line.Length > NoiseFrame.MostBytes
                ? new DeviceMessage(
                    null, null, NoiseFrame.Bad($"A frame has at most {NoiseFrame.MostBytes} bytes."), null)
                : DeviceMessage.Parse(line));
        }

        if (messages.Count == 0)
        {
            messages.Add(new DeviceMessage(null, null, NoiseFrame.Bad("There is no frame in the body."), null));
        }

        return messages;
    }

    private static Task WriteAsync(HttpContext context, Answer answer) => JsonReply.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("ack", answer.Ack);
        json.WriteStartArray("refused");
        foreach (var (seq, refusal) in answer.Refused)
        {
            json.WriteStartObject();
            if (seq is { } number)
            {
                json.WriteNumber("seq", number);
            }

            json.WriteString("code", refusal.Type.Name);
            json.WriteString("detail", refusal.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private sealed record Answer(long Ack, List<(long? Seq, NoiseRefusal Refusal)> Refused, NoiseRefusal? Refusal);
}
