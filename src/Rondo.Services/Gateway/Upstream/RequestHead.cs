using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>The bytes of a request, from the request line on, in a rented buffer.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal struct RequestHead(int size)
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(size);
    private int _length;

    /// <summary>What is to be sent.</summary>
    public readonly ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Writes the head of a request that <see cref="FieldText.Check"/> has passed.</summary>
    /// <param name="request">What is sent; fields that are the forwarder's are left out.</param>
    /// <param name="framing">How the body's end is told.</param>
    /// <param name="length">The body's length; below 0 without one, and none is told then.</param>
    /// <param name="upgrade">The protocol to change to; null for none.</param>
    public void Write(ForwardRequest request, BodyFraming framing, long length, string? upgrade)
    {
        Append(request.Method);
        Append(" "u8);
        Append(request.Target);
        Append(" HTTP/1.1\r\nHost: "u8);
        Append(request.Host);
        Append("\r\n"u8);
        foreach (var (name, values) in request.Headers)
        {
            if (!IsOwn(name))
            {
                Append(name, values);
            }
        }

        if (framing == BodyFraming.Chunked)
        {
            Append("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (length >= 0)
        {
            Append("Content-Length: "u8);
            Append(length);
            Append("\r\n"u8);
        }

        if (upgrade is not null)
        {
            Append("Connection: Upgrade\r\nUpgrade: "u8);
            Append(upgrade);
            Append("\r\n"u8);
        }

        Append("\r\n"u8);
    }

    /// <summary>Adds the body behind the head.</summary>
    public void Append(in ReadOnlySequence<byte> body)
    {
        Ensure((int)body.Length);
        body.CopyTo(_buffer.AsSpan(_length));
        _length += (int)body.Length;
    }

    /// <summary>Gives the buffer back.</summary>
    public readonly void Return() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Whether a field is written by the forwarder itself, or is of the client's connection alone.</summary>
    public static bool IsOwn(string name) => name.Length switch
    {
        2 => Is(name, "TE"),
        4 => Is(name, "Host"),
        6 => Is(name, "Expect"),
        7 => Is(name, "Upgrade") || Is(name, "Trailer"),
        10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
        14 => Is(name, "Content-Length") || Is(name, "HTTP2-Settings"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        _ => false,
    };

    private static bool Is(string name, string own) => name.Equals(own, StringComparison.OrdinalIgnoreCase);

    private void Append(string name, in StringValues values)
    {
        // HTTP/2 may split what HTTP/1.1 has in one line (RFC 9113, section 8.2.3).
        if (values.Count > 1 && Is(name, "Cookie"))
        {
            Append(name, string.Join("; ", values.ToArray()));
            return;
        }

        for (var n = 0; n < values.Count; n++)
        {
            Append(name, values[n] ?? "");
        }
    }

    private void Append(string name, string value)
    {
        Append(name);
        Append(": "u8);
        Append(value);
        Append("\r\n"u8);
    }

    private void Append(string text)
    {
        Ensure(text.Length);
        _length += Encoding.Latin1.GetBytes(text, _buffer.AsSpan(_length));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Append(long number)
    {
        Ensure(20);
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_length), out var written);
        _length += written;
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - _length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
