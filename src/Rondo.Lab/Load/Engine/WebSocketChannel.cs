using System.Security.Cryptography;
using System.Text;
using Rondo.Runtime;
using Rondo.Transport.Native;

namespace Rondo.Lab.Load.Engine;

/// <summary>A connection that is connected once the server has agreed to speak WebSocket; then the bytes are frames.</summary>
/// <param name="inner">What carries its bytes.</param>
/// <param name="request">What asks for WebSocket, up to the key.</param>
internal sealed class WebSocketChannel(ClientChannel inner, byte[] request) : ClientChannel(inner.Loop)
{
    private const int LongestHead = 8 * 1024;
    private const int KeyBytes = 16;

    private readonly byte[] _head = new byte[LongestHead];
    private byte[] _upgrade = [];
    private string _accept = "";
    private ILoopWork? _work;
    private int _sent;
    private int _first;
    private int _length;
    private bool _isConnected;
    private bool _isUpgraded;
    private string _problem = "";

    /// <summary>What a server has to make of a key (RFC 6455, 4.2.2).</summary>
    public static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // The protocol has it so; nothing secret hangs on it.
        var hash = SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    public override int Connect(ILoopWork work)
    {
        (_work, _sent, _first, _length, _isConnected, _isUpgraded, _problem) = (work, 0, 0, 0, false, false, "");
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        _upgrade = [.. request, .. Encoding.ASCII.GetBytes($"Sec-WebSocket-Key: {key}\r\n\r\n")];
        _accept = AcceptOf(key);
        return inner.Connect(work);
    }

    public override int FinishConnect()
    {
        if (!_isConnected)
        {
            var outcome = inner.FinishConnect();
            if (outcome != 0)
            {
                return outcome;
            }

            _isConnected = true;
        }

        return _isUpgraded ? 0 : Upgrade();
    }

    public override int Receive(Span<byte> into)
    {
        if (_first == _length)
        {
            return inner.Receive(into);
        }

        // Frames that came with the answer to the upgrade.
        var count = Math.Min(into.Length, _length - _first);
        _head.AsSpan(_first, count).CopyTo(into);
        _first += count;
        return count;
    }

    public override int Send(ReadOnlySpan<byte> bytes) => inner.Send(bytes);

    public override bool WaitToReceive(ILoopWork work) => _first == _length && inner.WaitToReceive(work);

    public override bool WaitToSend(ILoopWork work) => inner.WaitToSend(work);

    public override void Abandon() => inner.Abandon();

    public override string Describe(int failure) => _problem.Length > 0 ? _problem : inner.Describe(failure);

    private int Upgrade()
    {
        while (_sent < _upgrade.Length)
        {
            var count = inner.Send(_upgrade.AsSpan(_sent));
            if (count == WouldBlock)
            {
                if (inner.WaitToSend(_work!))
                {
                    return WouldBlock;
                }
            }
            else if (count < 0)
            {
                return Refused("the connection was reset");
            }
            else
            {
                _sent += count;
            }
        }

        while (true)
        {
            var count = inner.Receive(_head.AsSpan(_length));
            if (count == WouldBlock)
            {
                if (inner.WaitToReceive(_work!))
                {
                    return WouldBlock;
                }
            }
            else if (count <= 0)
            {
                return Refused(_length == LongestHead ? "its answer has no end" : "the connection was closed");
            }
            else
            {
                _length += count;
                var end = _head.AsSpan(0, _length).IndexOf("\r\n\r\n"u8);
                if (end >= 0)
                {
                    _first = end + 4;
                    return Understand(Encoding.Latin1.GetString(_head, 0, end));
                }
            }
        }
    }

    private int Understand(string head)
    {
        var lines = head.Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            return Refused(lines[0]);
        }

        const string Name = "Sec-WebSocket-Accept:";
        var isRight = lines.Any(l => l.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
            && l.AsSpan(Name.Length).Trim().SequenceEqual(_accept));
        if (!isRight)
        {
            return Refused("its Sec-WebSocket-Accept is wrong");
        }

        _isUpgraded = true;
        return 0;
    }

    private int Refused(string why)
    {
        _problem = "the server did not agree to speak WebSocket: " + why;
        return -Errno.ConnectionRefused;
    }
}
