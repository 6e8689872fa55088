namespace Rondo.Lab.Load.Engine;

/// <content>A request's way: connect, send, receive.</content>
internal sealed partial class LoadThread
{
    // Then the other connections have a turn.
    private const int MostReceives = 16;

    private const long RetryPause = LoadClock.Second / 10;

    // Opens a connection before there is a request for it.
    private void Open(int slot, long now)
    {
        var connection = _connections[slot];
        if (_schedule is null)
        {
            if (_budget <= 0)
            {
                return;
            }

            Take(connection, now);
        }

        connection.ConnectTime = 0;
        Connect(slot, now);
    }

    private void StartNext(int slot, long now)
    {
        var connection = _connections[slot];
        if (_schedule is not null)
        {
            connection.FreeSince = now;
            if (_schedule.Next <= now && _budget > 0 && _idle.Count == 0)
            {
                Counts.Waited += _schedule.Next >= _measureFrom ? 1 : 0;
                StartArrival(slot, now);
            }
            else
            {
                _idle.Put(slot);
                Notice(connection);
            }
        }
        else if (_budget > 0 && now < _end)
        {
            Take(connection, now);
            Start(slot, now);
        }
    }

    private void StartArrival(int slot, long now)
    {
        var connection = _connections[slot];
        var due = _schedule!.Next;
        _schedule.Advance();
        Take(connection, due);
        if (due >= _measureFrom)
        {
            Counts.Due++;
            Lateness.Record(now - Math.Max(due, connection.FreeSince));
        }

        Start(slot, now);
    }

    private void Take(LoadConnection connection, long start)
    {
        _budget--;
        _inFlight++;
        connection.HasRequest = true;
        connection.Start = start;
        connection.SentAt = 0;
        connection.ConnectTime = 0;
    }

    private void Start(int slot, long now)
    {
        if (_connections[slot].State == ConnectionState.Closed)
        {
            Connect(slot, now);
        }
        else
        {
            Send(slot, now);
        }
    }

    private void Connect(int slot, long now)
    {
        var connection = _connections[slot];
        connection.ConnectStart = now;
        var outcome = connection.Channel.Connect(connection.Sending);
        if (outcome < 0)
        {
            ConnectFailed(slot, outcome, now);
        }
        else
        {
            connection.State = ConnectionState.Connecting;
        }
    }

    private void ConnectFailed(int slot, int failure, long now)
    {
        FirstProblem ??= _connections[slot].Channel.Describe(failure);
        var isTls = failure == ClientChannel.HandshakeFailed;
        Fail(slot, isTls ? RequestEnd.TlsError : RequestEnd.ConnectError, now);
    }

    /// <summary>There may be something to receive.</summary>
    public void OnReadable(LoadConnection connection)
    {
        connection.IsWoken = false;
        if (_isOver)
        {
            return;
        }

        var now = Now();
        switch (connection.State)
        {
            case ConnectionState.Sending or ConnectionState.Receiving:
                // While sending: an answer before the request is out, mostly a refusal.
                Receive(connection.Slot, now);
                break;
            case ConnectionState.Idle:
                Watch(connection);
                break;
        }

        Continue(now);
    }

    /// <summary>A connect may be decided, or there may be room to send.</summary>
    public void OnWritable(LoadConnection connection)
    {
        if (_isOver)
        {
            return;
        }

        var now = Now();
        switch (connection.State)
        {
            case ConnectionState.Connecting:
                OnConnected(connection.Slot, now);
                break;
            case ConnectionState.Sending:
                SendRest(connection.Slot, now);
                break;
        }

        Continue(now);
    }

    private void Continue(long now)
    {
        EndIfDone(now);
        if (_isPaced)
        {
            Arm();
        }
    }

    // A server that closes a connection without a request on it is noticed before the next one.
    private static void Notice(LoadConnection connection)
    {
        if (connection.State == ConnectionState.Idle)
        {
            connection.WakeWhenReadable();
        }
    }

    // Nothing is expected: what comes is the end, or a server that talks unasked. Or a ping.
    private void Watch(LoadConnection connection)
    {
        var count = connection.Channel.Receive(_received);
        while (count > 0 && connection.Frames is { } frames)
        {
            frames.Start(isHead: false);
            var isPing = frames.Read(_received.AsSpan(0, count), out _) == ResponseStep.More && !frames.HasBegun;
            if (!isPing || !Pong(connection))
            {
                break;
            }

            count = connection.Channel.Receive(_received);
        }

        if (count == ClientChannel.WouldBlock)
        {
            connection.WakeWhenReadable();
            return;
        }

        connection.Close();
    }

    // False if it could not be sent whole. In the middle of a message it has to wait.
    private bool Pong(LoadConnection connection)
    {
        if (connection.Frames!.OwedPong is not { } payload || connection.State == ConnectionState.Sending)
        {
            return true;
        }

        connection.Frames.OwedPong = null;
        var pong = new MessageFrame(payload, FrameKind.Pong).Mask((uint)_random.NextInt64());
        return connection.Channel.Send(pong) == pong.Length;
    }

    private void OnConnected(int slot, long now)
    {
        var connection = _connections[slot];
        var outcome = connection.Channel.FinishConnect();
        if (outcome == ClientChannel.WouldBlock)
        {
            return;
        }

        if (outcome < 0)
        {
            ConnectFailed(slot, outcome, now);
            return;
        }

        Counts.ConnectionsOpened++;
        var took = now - connection.ConnectStart;
        ConnectTimes.Record(took);
        connection.State = ConnectionState.Idle;
        if (!connection.HasRequest)
        {
            StartNext(slot, now);
            return;
        }

        connection.ConnectTime = took;
        if (_plan.KeepAlive && !_plan.CountsConnecting && _schedule is null && IsFirst(slot))
        {
            // The connection was not there yet; to make it is no part of the service.
            connection.Start = now;
        }

        Send(slot, now);
    }

    private bool IsFirst(int slot)
    {
        var isFirst = !_hasConnected[slot];
        _hasConnected[slot] = true;
        return isFirst;
    }

    private void Send(int slot, long now)
    {
        var connection = _connections[slot];
        connection.SentAt = now;
        connection.Sent = 0;
        connection.Reader.Start(_plan.IsHead);
        connection.Mask(_random);
        Counts.Sent += connection.Start >= _measureFrom ? 1 : 0;
        SendRest(slot, now);
    }

    private void SendRest(int slot, long now)
    {
        var connection = _connections[slot];
        while (connection.Sent < connection.Request.Length)
        {
            var sent = connection.Channel.Send(connection.Request.AsSpan(connection.Sent));
            if (sent == ClientChannel.WouldBlock)
            {
                connection.State = ConnectionState.Sending;
                if (connection.Channel.WaitToSend(connection.Sending))
                {
                    connection.WakeWhenReadable();
                    return;
                }
            }
            else if (sent < 0)
            {
                Fail(slot, RequestEnd.Reset, now);
                return;
            }
            else
            {
                connection.Sent += sent;
            }
        }

        connection.State = ConnectionState.Receiving;
        if (connection.Frames is not null && !Pong(connection))
        {
            Fail(slot, RequestEnd.Reset, now);
            return;
        }

        connection.WakeWhenReadable();
    }

    private void Receive(int slot, long now)
    {
        var connection = _connections[slot];
        var reader = connection.Reader;
        for (var i = 0; i < MostReceives; i++)
        {
            var count = connection.Channel.Receive(_received);
            if (count > 0)
            {
                if (!reader.HasBegun)
                {
                    connection.FirstByteAt = now;
                }

                Counts.BytesReceived += now >= _measureFrom ? count : 0;
                var step = reader.Read(_received.AsSpan(0, count), out var used);
                if (connection.Frames?.OwedPong is not null && !Pong(connection))
                {
                    Fail(slot, RequestEnd.Reset, now);
                    return;
                }

                if (step == ResponseStep.Complete && used == count)
                {
                    var isSent = connection.Sent == connection.Request.Length;
                    Finish(slot, isOpen: isSent && reader.KeepsAlive && _plan.KeepAlive, now);
                    return;
                }

                if (step == ResponseStep.Closing)
                {
                    FirstProblem ??= reader.Problem;
                    Fail(slot, RequestEnd.ClosedEarly, now);
                    return;
                }

                if (step != ResponseStep.More)
                {
                    FirstProblem ??= "the answer is malformed: "
                        + (step == ResponseStep.Complete ? "more bytes came than it has" : reader.Problem);
                    Fail(slot, RequestEnd.Malformed, now);
                    return;
                }
            }
            else if (count == 0 && reader.HasBegun && reader.IsWholeAtEnd())
            {
                Finish(slot, isOpen: false, now);
                return;
            }
            else if (count == ClientChannel.WouldBlock)
            {
                connection.WakeWhenReadable();
                return;
            }
            else
            {
                Fail(slot, count == 0 ? RequestEnd.ClosedEarly : RequestEnd.Reset, now);
                return;
            }
        }

        connection.WakeSoon();
    }
}
