namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// Takes the framing off a body in chunks (RFC 9112, section 7.1), strictly: lines end with CRLF, a size has 1 to 16
/// hexadecimal digits, a trailer a name. Extensions and trailers are read and dropped.
/// </summary>
internal struct ChunkedBody
{
    private const int MostDigits = 16;

    // Of all extensions together, and of all trailers.
    private const int MostDropped = 64 * 1024;

    private Step _step;
    private long _left;
    private int _digits;
    private int _dropped;

    private enum Step
    {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataReturn,
        DataEnd,
        TrailerStart,
        TrailerName,
        Trailer,
        TrailerEnd,
        LastEnd,
        Done,
        Broken,
    }

    /// <summary>Whether the last chunk and the trailers are over.</summary>
    public readonly bool IsDone => _step == Step.Done;

    /// <summary>Whether it breaks the protocol; nothing more is to be read.</summary>
    public readonly bool IsBroken => _step == Step.Broken;

    /// <summary>Reads what is there up to the end of the body.</summary>
    /// <param name="bytes">Begins with the body's data when this returns: the framing between is closed up.</param>
    /// <param name="read">How many bytes were read; more only when it is done or broken.</param>
    /// <returns>How many bytes of data there are.</returns>
    public int Read(Span<byte> bytes, out int read)
    {
        var data = 0;
        read = 0;
        while (read < bytes.Length && _step < Step.Done)
        {
            if (_step == Step.Data)
            {
                var count = (int)Math.Min(_left, bytes.Length - read);
                if (data != read)
                {
                    bytes.Slice(read, count).CopyTo(bytes[data..]);
                }

                data += count;
                read += count;
                _left -= count;
                if (_left == 0)
                {
                    _step = Step.DataReturn;
                }
            }
            else
            {
                _step = Next(bytes[read++]);
            }
        }

        return data;
    }

    private Step Next(byte value) => _step switch
    {
        Step.Size => Size(value),
        Step.Extension => Dropped(value, Step.Extension, Step.SizeEnd),
        Step.SizeEnd when value == '\n' => EndSize(),
        Step.DataReturn when value == '\r' => Step.DataEnd,
        Step.DataEnd when value == '\n' => Step.Size,
        Step.TrailerStart when value == '\r' => Step.LastEnd,
        Step.TrailerStart or Step.TrailerName when FieldText.IsToken([value]) =>
            Dropped(value, Step.TrailerName, Step.Broken),
        Step.TrailerName when value == ':' => Step.Trailer,
        Step.Trailer => Dropped(value, Step.Trailer, Step.TrailerEnd),
        Step.TrailerEnd when value == '\n' => Step.TrailerStart,
        Step.LastEnd when value == '\n' => Step.Done,
        _ => Step.Broken,
    };

    private Step Size(byte value)
    {
        if (char.IsAsciiHexDigit((char)value))
        {
            // The first of sixteen digits has the sign's bit: no body is so long.
            var digit = (value & 0x0f) + (value > '9' ? 9 : 0);
            _left = (_left << 4) + digit;
            return ++_digits > MostDigits || _left < 0 ? Step.Broken : Step.Size;
        }

        return _digits == 0 ? Step.Broken
            : value == '\r' ? Step.SizeEnd
            : value == ';' ? Step.Extension
            : Step.Broken;
    }

    private Step EndSize()
    {
        _digits = 0;
        return _left == 0 ? Step.TrailerStart : Step.Data;
    }

    private Step Dropped(byte value, Step same, Step atReturn) =>
        ++_dropped > MostDropped ? Step.Broken
        : value == '\r' ? atReturn
        : value is (byte)'\t' or (>= 0x20 and not 0x7f) ? same
        : Step.Broken;
}
