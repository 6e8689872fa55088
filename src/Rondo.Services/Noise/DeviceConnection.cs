using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Noise;

/// <summary>One WebSocket of a device: a hello, then frames. Lives on the noise loop.</summary>
/// <param name="session">The WebSocket.</param>
/// <param name="monitor">The rooms.</param>
/// <param name="bearer">The token of the handshake; null for none.</param>
/// <param name="time">This server's clock.</param>
internal sealed class DeviceConnection(
    WebSocketSession session, NoiseMonitor monitor, string? bearer, TimeProvider time) : IDeviceLink
{
    public const string Protocol = "rondo.noise.v1";

    private const int Refused = 1008;
    private const int TryLater = 1013;

    // A device whose frames are all wrong has nothing to say.
    private const int MostMistakes = 20;

    private NoiseRoom? _place;
    private NoiseDevice? _device;
    private int _mistakes;

    public bool HasSaidHello => _device is not null;

    /// <summary>Reads a message, on whatever thread the connection is; what is returned runs on the loop.</summary>
    public Action Read(Incoming incoming)
    {
        if (incoming.Kind is not IncomingKind.Text)
        {
            return () => Refuse(NoiseFrame.Bad("A frame is text, not binary."), null);
        }

        var message = DeviceMessage.Parse(incoming.Data);
        return () => Take(message);
    }

    public void Acknowledge(long seq) =>
        session.Send(OutgoingFrame.Text(StreamJson.Object(json => json.WriteNumber("ack", seq))));

    public void Fail(NoiseRefusal reason)
    {
        SendError(reason, null);
        session.Close(TryLater, reason.Detail);
    }

    public void Calibrated(double offset) => SayHello();

    public void End(string reason)
    {
        _device = null;
        session.Close(Refused, reason);
    }

    /// <summary>The connection has ended.</summary>
    public void Leave()
    {
        if (_device?.Link == this)
        {
            _device.Link = null;
        }
    }

    /// <summary>No hello came in time.</summary>
    public void GiveUp() => session.Close(Refused, "Say hello first.");

    private void Take(DeviceMessage message)
    {
        if (session.IsClosing)
        {
            return;
        }

        if (message.Hello is { } hello)
        {
            Enter(hello);
        }
        else if (message.Frame is { } frame)
        {
            Take(frame);
        }
        else
        {
            Refuse(message.Refusal!, message.Seq);
        }
    }

    private void Enter(DeviceHello hello)
    {
        if (!monitor.IsLoaded)
        {
            session.Close(TryLater, "Rondo is about to start.");
            return;
        }

        if (hello.Token is not { } token)
        {
            token = bearer ?? "";
        }

        var (place, device, refusal) = monitor.Admit(hello.RoomId, hello.Device, token);
        if (device is null)
        {
            SendError(refusal!, null);
            session.Close(Refused, refusal!.Detail);
            return;
        }

        if (device.Link is { } before && before != this)
        {
            before.End("The device has connected anew.");
        }

        Leave();
        (_place, _device, device.Link) = (place, device, this);
        if (hello.Now is { } now)
        {
            device.TellClock(now);
        }

        SayHello();
    }

    private void Take(NoiseFrame frame)
    {
        if (_device is not { } device)
        {
            session.Close(Refused, "Say hello first.");
            return;
        }

        if (frame.RoomId != device.Config.RoomId || frame.Device != device.Config.Id)
        {
            session.Close(Refused, "The frame is of another room or device.");
            return;
        }

        var (refusal, stored) = _place!.Take(device, frame);
        if (refusal?.Type == NoiseProblems.TooFast)
        {
            SendError(refusal, frame.Seq);
            session.Close(TryLater, refusal.Detail);
        }
        else if (refusal is not null)
        {
            Refuse(refusal, frame.Seq);
        }
        else if (stored.IsCompletedSuccessfully)
        {
            Acknowledge(device.Ack);
        }
    }

    private void SayHello()
    {
        if (_device is { } device)
        {
            session.Send(OutgoingFrame.Text(StreamJson.Object(json =>
            {
                json.WriteStartObject("hello");
                json.WriteString("room", device.Config.RoomId);
                json.WriteString("device", device.Config.Id);
                json.WriteNumber("ack", device.Ack);
                json.WriteString("now", StreamJson.Text(time.GetUtcNow()));
                if (device.Config.Offset is { } offset)
                {
                    json.WriteNumber("offset", Math.Round(offset, 2));
                }

                json.WriteEndObject();
            })));
        }
    }

    private void Refuse(NoiseRefusal refusal, long? seq)
    {
        SendError(refusal, seq);
        if (++_mistakes >= MostMistakes || _device is null)
        {
            session.Close(Refused, refusal.Detail);
        }
    }

    private void SendError(NoiseRefusal refusal, long? seq) =>
        session.Send(OutgoingFrame.Text(StreamJson.Object(json =>
        {
            json.WriteStartObject("error");
            if (seq is { } number)
            {
                json.WriteNumber("seq", number);
            }

            json.WriteString("code", refusal.Type.Name);
            json.WriteString("detail", refusal.Detail);
            json.WriteEndObject();
        })));
}
