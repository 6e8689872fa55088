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
            if (_schedule.Next <= now && _budget > 0 && !_stopped && _idle.Count == 0)
            {
                Counts.Waited += _schedule.Next >= _measureFrom ? 1 : 0;
                StartArrival(slot, now);
            }
            else
            {
                _idle.Put(slot);
            }
        }
        else if (_budget > 0 && now < _end && !_stopped)
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
        var outcome = _sockets.Connect(slot);
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
        FirstProblem ??= "cannot connect: " + _sockets.Describe(failure);
        Fail(slot, RequestEnd.ConnectError, now);
    }

    private void OnEvent(int slot, bool isReadable, long now)
    {
        var connection = _connections[slot];
        switch (connection.State)
        {
            case ConnectionState.Connecting:
                OnConnected(slot, now);
                break;
            case ConnectionState.Sending when isReadable:
                // An answer before the request is out: mostly a refusal.
                Receive(slot, now);
                break;
            case ConnectionState.Sending:
                SendRest(slot, now);
                break;
            case ConnectionState.Receiving when isReadable:
                Receive(slot, now);
                break;
            case ConnectionState.Idle when isReadable:
                // Nothing is expected: the server has closed, or talks unasked.
                _sockets.Close(slot);
                connection.State = ConnectionState.Closed;
                break;
        }
    }

    private void OnConnected(int slot, long now)
    {
        var connection = _connections[slot];
        var outcome = _sockets.ConnectOutcome(slot);
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
        Counts.Sent += connection.Start >= _measureFrom ? 1 : 0;
        SendRest(slot, now);
    }

    private void SendRest(int slot, long now)
    {
        var connection = _connections[slot];
        while (connection.Sent < _plan.Request.Length)
        {
            var sent = _sockets.Send(slot, _plan.Request.AsSpan(connection.Sent));
            if (sent < 0)
            {
                connection.State = ConnectionState.Sending;
                if (_sockets.IsAgain(sent))
                {
                    _sockets.WantRoom(slot, wanted: true);
                }
                else
                {
                    Fail(slot, RequestEnd.Reset, now);
                }

                return;
            }

            connection.Sent += sent;
        }

        _sockets.WantRoom(slot, wanted: false);
        connection.State = ConnectionState.Receiving;
    }

    // Connections that had their turn while there was more to receive; there will be no other event for that.
    private void ReadOn(long now)
    {
        for (var left = _unread.Count; left > 0; left--)
        {
            var slot = _unread.Take();
            _connections[slot].IsUnread = false;
            if (_connections[slot].State == ConnectionState.Receiving)
            {
                Receive(slot, now);
            }
        }
    }

    private void Receive(int slot, long now)
    {
        var connection = _connections[slot];
        var reader = connection.Reader;
        for (var i = 0; i < MostReceives; i++)
        {
            var count = _sockets.Receive(slot, _received);
            if (count > 0)
            {
                if (!reader.HasBegun)
                {
                    connection.FirstByteAt = now;
                }

                Counts.BytesReceived += count;
                var step = reader.Read(_received.AsSpan(0, count), out var used);
                if (step == ResponseStep.Complete && used == count)
                {
                    Finish(slot, isOpen: reader.KeepsAlive && _plan.KeepAlive, now);
                    return;
                }

                if (step != ResponseStep.More)
                {
                    FirstProblem ??= "the response is malformed: "
                        + (step == ResponseStep.Complete ? "more bytes came than it has" : reader.Problem);
                    Fail(slot, RequestEnd.Malformed, now);
                    return;
                }

                // On, even after a short read: an end that came with these bytes has no event of its own.
            }
            else if (count == 0 && reader.HasBegun && reader.IsWholeAtEnd())
            {
                Finish(slot, isOpen: false, now);
                return;
            }
            else
            {
                if (count == 0 || !_sockets.IsAgain(count))
                {
                    Fail(slot, count == 0 ? RequestEnd.ClosedEarly : RequestEnd.Reset, now);
                }

                return;
            }
        }

        if (!connection.IsUnread)
        {
            connection.IsUnread = true;
            _unread.Put(slot);
        }
    }
}
