using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rondo.Services.Gateway.Framing;

/// <summary>What the lines of one request's head say about where its body ends (RFC 9112 section 6.3).</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal struct RequestFraming
{
    private const int ConnectionName = 10;
    private const int ContentLengthName = 14;
    private const int TransferEncodingName = 17;

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private bool _isOld;
    private bool _hasLength;

    /// <summary>Whether the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Bytes of the body, unless it comes in chunks.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// What the fields <c>Connection</c> say, separated by commas, where that is more than one of the usual words;
    /// null else. The server itself tells an application no more than such a word when there is one.
    /// </summary>
    public string? Nominated { get; private set; }

    /// <summary>Takes the request line.</summary>
    /// <param name="end">Its end, at least as much of it as a version with the blank before it.</param>
    public FramingDoubt TakeRequestLine(ReadOnlySpan<byte> end)
    {
        _isOld = end.EndsWith(" HTTP/1.0"u8);
        return _isOld || end.EndsWith(" HTTP/1.1"u8) ? FramingDoubt.None : FramingDoubt.Version;
    }

    /// <summary>Takes a line with a field.</summary>
    /// <param name="line">Its beginning, without CR, LF and NUL.</param>
    /// <param name="isWhole">Whether that is all of it.</param>
    public FramingDoubt TakeField(ReadOnlySpan<byte> line, bool isWhole)
    {
        var (doubt, name) = Name(line);
        if (doubt != FramingDoubt.None)
        {
            return doubt;
        }

        if (IsContentLength(line, name))
        {
            return isWhole ? TakeLength(line[(name + 1)..].Trim(" \t"u8)) : FramingDoubt.ContentLength;
        }

        if (IsTransferEncoding(line, name))
        {
            return isWhole ? TakeCoding(line[(name + 1)..].Trim(" \t"u8)) : FramingDoubt.TransferEncoding;
        }

        if (IsConnection(line, name))
        {
            return isWhole ? TakeConnection(line[(name + 1)..].Trim(" \t"u8)) : FramingDoubt.Connection;
        }

        return FramingDoubt.None;
    }

    /// <summary>Takes the empty line.</summary>
    public readonly FramingDoubt End() =>
        IsChunked && _hasLength ? FramingDoubt.LengthAndTransferEncoding : FramingDoubt.None;

    /// <summary>Judges a field behind the last chunk.</summary>
    /// <param name="line">As of <see cref="TakeField"/>.</param>
    public static FramingDoubt JudgeTrailer(ReadOnlySpan<byte> line)
    {
        var (doubt, name) = Name(line);
        return doubt == FramingDoubt.None && (IsContentLength(line, name) || IsTransferEncoding(line, name))
            ? FramingDoubt.Trailer
            : doubt;
    }

    private static (FramingDoubt Doubt, int Length) Name(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOfAnyExcept(s_token);
        if (end > 0 && line[end] == ':')
        {
            return (FramingDoubt.None, end);
        }

        var isBlank = end >= 0 && line[end] is (byte)' ' or (byte)'\t';
        return (!isBlank ? FramingDoubt.FieldName
            : end == 0 ? FramingDoubt.FoldedLine
            : FramingDoubt.BlankBeforeColon, 0);
    }

    private static bool IsContentLength(ReadOnlySpan<byte> line, int name) =>
        name == ContentLengthName && Ascii.EqualsIgnoreCase(line[..name], "Content-Length"u8);

    private static bool IsTransferEncoding(ReadOnlySpan<byte> line, int name) =>
        name == TransferEncodingName && Ascii.EqualsIgnoreCase(line[..name], "Transfer-Encoding"u8);

    private static bool IsConnection(ReadOnlySpan<byte> line, int name) =>
        name == ConnectionName && Ascii.EqualsIgnoreCase(line[..name], "Connection"u8);

    private FramingDoubt TakeLength(ReadOnlySpan<byte> value)
    {
        if (_hasLength)
        {
            return FramingDoubt.RepeatedContentLength;
        }

        _hasLength = true;
        var isLength = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length);
        Length = length;
        return isLength ? FramingDoubt.None : FramingDoubt.ContentLength;
    }

    private FramingDoubt TakeCoding(ReadOnlySpan<byte> value)
    {
        var isGood = !IsChunked && !_isOld && Ascii.EqualsIgnoreCase(value, "chunked"u8);
        IsChunked = true;
        return isGood ? FramingDoubt.None : FramingDoubt.TransferEncoding;
    }

    private FramingDoubt TakeConnection(ReadOnlySpan<byte> value)
    {
        if (!Ascii.EqualsIgnoreCase(value, "keep-alive"u8) && !Ascii.EqualsIgnoreCase(value, "close"u8)
            && !Ascii.EqualsIgnoreCase(value, "upgrade"u8))
        {
            var names = Encoding.Latin1.GetString(value);
            Nominated = Nominated is null ? names : $"{Nominated},{names}";
        }

        return FramingDoubt.None;
    }
}
