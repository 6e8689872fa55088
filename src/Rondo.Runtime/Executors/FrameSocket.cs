using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Rondo.Runtime.Executors;

/// <summary>
/// Frames over a stream socket. One thread may send while another receives; both block. An end of the stream, in the
/// middle of a frame too, and an error of the socket are the same to it: the other side is gone.
/// </summary>
internal sealed class FrameSocket(Socket socket) : IDisposable
{
    /// <summary>A buffer that was grown beyond this is not kept, bytes.</summary>
    public const int LargestKept = 4 << 20;

    private const int BufferBytes = 1 << 20;
    private const int FirstBytes = 64 << 10;

    private byte[] _buffer = new byte[FirstBytes];
    private int _start;
    private int _end;

    /// <summary>Waits for the next frame, without its header.</summary>
    /// <param name="frame">Valid until the next call.</param>
    /// <returns>False when the other side is gone.</returns>
    public bool TryReceive(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (_start == _end)
        {
            Rewind();
        }

        if (!Fill(FrameWriter.HeaderBytes))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        if (length < 0 || !Fill(FrameWriter.HeaderBytes + length))
        {
            return false;
        }

        frame = _buffer.AsSpan(_start + FrameWriter.HeaderBytes, length);
        _start += FrameWriter.HeaderBytes + length;
        return true;
    }

    /// <summary>Sends a whole frame.</summary>
    /// <returns>False when the other side is gone.</returns>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        try
        {
            while (!frame.IsEmpty)
            {
                frame = frame[socket.Send(frame)..];
            }

            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Has large frames cross with fewer changes of process, as far as the system lets.</summary>
    public static Socket Widen(Socket socket)
    {
        socket.SendBufferSize = BufferBytes;
        return socket;
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Receives until so many bytes are there.</summary>
    private bool Fill(int bytes)
    {
        if (_end - _start >= bytes)
        {
            return true;
        }

        if (_buffer.Length - _start < bytes)
        {
            MakeRoom(bytes);
        }

        try
        {
            while (_end - _start < bytes)
            {
                var received = socket.Receive(_buffer.AsSpan(_end));
                if (received == 0)
                {
                    return false;
                }

                _end += received;
            }

            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void MakeRoom(int bytes)
    {
        var target = bytes <= _buffer.Length ? _buffer : ArrayPool<byte>.Shared.Rent(bytes);
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_end, _start) = (_end - _start, 0);
        if (target != _buffer)
        {
            Release();
            _buffer = target;
        }
    }

    private void Rewind()
    {
        (_start, _end) = (0, 0);
        if (_buffer.Length > LargestKept)
        {
            Release();
            _buffer = new byte[FirstBytes];
        }
    }

    private void Release()
    {
        if (_buffer.Length > FirstBytes)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
