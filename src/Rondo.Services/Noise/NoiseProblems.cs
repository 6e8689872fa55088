using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Noise;

/// <summary>
/// Why something was not done: the same on a WebSocket, where the name of the type is the error's code, and over HTTP.
/// </summary>
internal sealed record NoiseRefusal(ProblemType Type, string Detail, TimeSpan? RetryAfter = null);

/// <summary>The kinds of refusal; docs/services/noise.md lists when each is answered.</summary>
internal static class NoiseProblems
{
    public static readonly ProblemType NoRoom = new("no-room", 404, "No such room");
    public static readonly ProblemType NoDevice = new("no-device", 404, "No such device");
    public static readonly ProblemType NoHook = new("no-hook", 404, "No such hook");
    public static readonly ProblemType UnusableAddress = new("unusable-address", 422, "Address not taken");
    public static readonly ProblemType DeviceTaken = new("device-taken", 409, "Device exists");
    public static readonly ProblemType TooMany = new("too-many", 429, "Too many");
    public static readonly ProblemType TooFast = new("too-fast", 429, "Too fast");
    public static readonly ProblemType UnusableSetting = new("unusable-setting", 422, "Setting not taken");
    public static readonly ProblemType UnusableName = new("unusable-name", 422, "Name not taken");
    public static readonly ProblemType TokenNeeded = new("device-token-needed", 401, "Device token needed");
    public static readonly ProblemType WrongToken = new("device-token-refused", 401, "Device token not accepted");
    public static readonly ProblemType WrongDevice = new("wrong-device", 403, "Not this device");
    public static readonly ProblemType UsedTicket = new("ticket-over", 410, "Ticket used or over");
    public static readonly ProblemType BadFrame = new("bad-frame", 400, "Frame not understood");
    public static readonly ProblemType UnsupportedType = new("unsupported-type", 415, "Media type not supported");
    public static readonly ProblemType LevelOutOfRange = new("level-out-of-range", 422, "Level out of range");
    public static readonly ProblemType DurationOutOfRange = new("duration-out-of-range", 422, "Duration out of range");
    public static readonly ProblemType SeqOutOfRange = new("seq-out-of-range", 422, "Sequence out of range");
    public static readonly ProblemType SeqTooLow = new("seq-too-low", 409, "Sequence begins anew");
    public static readonly ProblemType TooNew = new("in-the-future", 422, "Time in the future");
    public static readonly ProblemType TooOld = new("too-old", 422, "Time too long ago");
    public static readonly ProblemType NotLoaded = ProblemType.NotReady;

    public static NoiseRefusal Missing(string roomId) => new(NoRoom, NoiseName.Is(roomId)
        ? $"There is no room '{roomId}'."
        : NoiseName.Rule("A room's id"));

    public static NoiseRefusal MissingDevice(string device) => new(NoDevice, NoiseName.Is(device)
        ? $"There is no device '{device}' in this room."
        : NoiseName.Rule("A device's id"));

    public static NoiseRefusal Describe(EventStoreException error)
    {
        var problem = StreamProblems.Describe(error);
        return new NoiseRefusal(problem.Type, problem.Detail);
    }

    public static Task WriteAsync(this NoiseRefusal refusal, HttpContext context)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter =
                Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        }

        return new Problem(refusal.Type, refusal.Detail).WriteAsync(context);
    }
}
