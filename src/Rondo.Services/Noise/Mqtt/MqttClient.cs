using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using Rondo.Runtime;
using Rondo.Services.Hosting;

namespace Rondo.Services.Noise.Mqtt;

/// <summary>
/// Publishes to an MQTT 3.1.1 broker and stays connected to it: it connects again with growing, jittered pauses, and
/// then says anew what holds.
/// </summary>
/// <param name="loop">Where everything happens.</param>
/// <param name="login">Asked before each connection, so that a new password counts without a restart.</param>
/// <param name="connect">Opens a connection to the broker.</param>
/// <param name="outbox">What is to be published.</param>
/// <param name="times">How long it waits.</param>
/// <param name="random">For the jitter.</param>
/// <param name="changed">Told when it is connected (null) and when it is no longer (why).</param>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
internal sealed class MqttClient(
    EventLoop loop,
    Func<MqttLogin> login,
    Func<CancellationToken, Task<Stream>> connect,
    MqttOutbox outbox,
    MqttTimes times,
    Random random,
    Action<string?> changed)
{
    private LoopFuture<bool>? _wake;
    private MqttMessage? _farewell;
    private CancellationTokenSource? _connecting;
    private bool _isStopping;
    private TimeSpan _lastSent;
    private TimeSpan? _pingSent;
    private TimeSpan _keepAlive;

    /// <summary>Publishes as soon as there is a connection.</summary>
    public void Publish(MqttMessage message)
    {
        outbox.Add(message);
        Wake();
    }

    /// <summary>Ends it, after a last message if there is a connection.</summary>
    public void Stop(MqttMessage farewell)
    {
        _farewell = farewell;
        _isStopping = true;
        _connecting?.Cancel();
        Wake();
    }

    /// <summary>Runs until <see cref="Stop"/>, whatever the broker does.</summary>
    public async Task RunAsync()
    {
        for (var failures = 0; !_isStopping; failures++)
        {
            var since = loop.Time;
            var reason = await ConnectAsync();
            if (_isStopping)
            {
                break;
            }

            changed(reason);
            failures = loop.Time - since > times.LongestPause ? 0 : failures;
            await WaitAsync(Pause(failures), untilStop: true);
        }
    }

    private TimeSpan Pause(int failures)
    {
        var longest = Math.Min(
            times.FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures, 30)), times.LongestPause.TotalSeconds);

        // Many clients of a broker that was away must not come back as one.
        return TimeSpan.FromSeconds(longest * (0.5 + (random.NextDouble() / 2)));
    }

    /// <summary>One connection from its beginning to its end; why it ended.</summary>
    private async Task<string> ConnectAsync()
    {
        using var end = new CancellationTokenSource();
        _connecting = end;
        try
        {
            await using var stream = await WithinAsync(connect, end.Token);
            var input = new MqttInput(stream);
            await OpenAsync(stream, input, end.Token);
            _connecting = null;
            outbox.Renew();
            changed(null);
            var reading = ReadAsync(input, end.Token);
            var writing = WriteAsync(stream, end.Token);
            try
            {
                await await Task.WhenAny(reading, writing);
            }
            finally
            {
                Cut(end);
                Wake();
                await EndAsync(reading);
                await EndAsync(writing);
            }

            return "stopped";
        }
        catch (OperationCanceledException) when (_isStopping)
        {
            return "stopped";
        }
        catch (Exception error) when (error is MqttException or IOException or SocketException or TimeoutException
            or AuthenticationException or ObjectDisposedException or StartException)
        {
            return error.Message;
        }
        finally
        {
            _connecting = null;
        }
    }

    private async Task OpenAsync(Stream stream, MqttInput input, CancellationToken end)
    {
        var packet = new ArrayBufferWriter<byte>();
        var shown = login();
        _keepAlive = shown.KeepAlive;
        MqttPacket.WriteConnect(packet, shown);
        await SendAsync(stream, packet.WrittenMemory, end);
        var answer = await WithinAsync(token => input.ReadAsync(token).AsTask(), end);
        if (answer.Kind is not MqttAnswerKind.Connected)
        {
            throw new MqttException("The broker has not answered the connect packet first.");
        }

        // Section 3.2.2.3.
        if (answer.Number != 0)
        {
            throw new MqttException("The broker refuses: " + answer.Number switch
            {
                1 => "it does not know MQTT 3.1.1.",
                2 => "it does not take the client id.",
                3 => "it is not available.",
                4 => "user name or password are wrong.",
                _ => "this client may not connect.",
            });
        }

        _pingSent = null;
    }

    private async Task ReadAsync(MqttInput input, CancellationToken end)
    {
        while (true)
        {
            var answer = await input.ReadAsync(end);
            switch (answer.Kind)
            {
                case MqttAnswerKind.Acknowledged when outbox.Acknowledge(answer.Number):
                    Wake();
                    break;
                case MqttAnswerKind.Acknowledged:
                    throw new MqttException($"The broker acknowledges a message {answer.Number} that was not sent.");
                case MqttAnswerKind.Alive when _pingSent is not null:
                    _pingSent = null;
                    break;
                default:
                    throw new MqttException("The broker answers what it was not asked.");
            }
        }
    }

    private async Task WriteAsync(Stream stream, CancellationToken end)
    {
        const int most = 64 * 1024;
        var packets = new ArrayBufferWriter<byte>();
        while (true)
        {
            packets.ResetWrittenCount();
            while (packets.WrittenCount < most && outbox.TryTake(loop.Time, out var message, out var id))
            {
                MqttPacket.WritePublish(packets, message, id);
            }

            var isLast = _isStopping;
            if (isLast)
            {
                MqttPacket.WritePublish(packets, _farewell! with { IsAssured = false }, 0);
                MqttPacket.WriteDisconnect(packets);
            }
            else if (_pingSent is null && loop.Time - _lastSent >= _keepAlive * 3 / 4)
            {
                MqttPacket.WritePingRequest(packets);
                _pingSent = loop.Time;
            }

            if (packets.WrittenCount > 0)
            {
                await SendAsync(stream, packets.WrittenMemory, isLast ? times.Farewell : times.Answer, end);
            }

            if (isLast)
            {
                return;
            }

            Refuse(outbox.OldestSent, "acknowledge a message");
            Refuse(_pingSent, "answer a ping");
            if (packets.WrittenCount < most)
            {
                await WaitAsync(NextDeadline() - loop.Time, untilStop: false);
            }

            end.ThrowIfCancellationRequested();
        }
    }

    private void Refuse(TimeSpan? since, string what)
    {
        if (since is { } start && loop.Time - start >= times.Answer)
        {
            throw new MqttException($"The broker did not {what} within {times.Answer.TotalSeconds:0} s.");
        }
    }

    private TimeSpan NextDeadline()
    {
        var next = _pingSent is { } ping ? ping + times.Answer : _lastSent + (_keepAlive * 3 / 4);
        return outbox.OldestSent is { } sent && sent + times.Answer < next ? sent + times.Answer : next;
    }

    private Task SendAsync(Stream stream, ReadOnlyMemory<byte> packets, CancellationToken end) =>
        SendAsync(stream, packets, times.Answer, end);

    private async Task SendAsync(Stream stream, ReadOnlyMemory<byte> packets, TimeSpan limit, CancellationToken end)
    {
        _lastSent = loop.Time;
        await WithinAsync(
            async token =>
            {
                await stream.WriteAsync(packets, token);
                await stream.FlushAsync(token);
                return true;
            },
            limit,
            end);
    }

    private Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken end) =>
        WithinAsync(work, times.Answer, end);

    private async Task<T> WithinAsync<T>(
        Func<CancellationToken, Task<T>> work, TimeSpan limit, CancellationToken end)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end);
        var isLate = false;
        var timer = loop.CallLater(limit, () =>
        {
            isLate = true;
            either.Cancel();
        });
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (isLate)
        {
            throw new MqttException($"The broker did not answer within {limit.TotalSeconds:0} s.");
        }
        finally
        {
            timer.Cancel();
        }
    }

    /// <summary>Waits for a time, or until there is something to do.</summary>
    private async Task WaitAsync(TimeSpan time, bool untilStop)
    {
        var until = loop.Time + time;
        do
        {
            var wake = loop.CreateFuture<bool>("mqtt");
            var timer = loop.CallLater(until - loop.Time, () => wake.TrySetResult(false));
            _wake = wake;
            await wake;
            timer.Cancel();
        }
        while (untilStop && !_isStopping && loop.Time < until);
    }

    private void Wake() => _wake?.TrySetResult(true);

    // Here and now: cancelling asynchronously would do it on another thread.
    private static void Cut(CancellationTokenSource connection) => connection.Cancel();

    private static async Task EndAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception error) when (error is MqttException or IOException or SocketException
            or OperationCanceledException or ObjectDisposedException)
        {
            // The first failure is the one that is told.
        }
    }
}
