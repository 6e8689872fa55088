namespace Rondo.Services.Gateway.Framing;

/// <summary>Why two readers might not agree where a request ends.</summary>
internal enum FramingDoubt : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>A line ends in LF without CR.</summary>
    BareLineFeed,

    /// <summary>A CR without LF.</summary>
    BareCarriageReturn,

    /// <summary>A NUL in a line.</summary>
    Nul,

    /// <summary>A line that begins with a blank, as folded lines do (RFC 9112 section 5.2).</summary>
    FoldedLine,

    /// <summary>A blank between a field's name and its colon.</summary>
    BlankBeforeColon,

    /// <summary>A field's name is empty, no token, or longer than 255 bytes; or the line has no colon.</summary>
    FieldName,

    /// <summary>A length that is not 1*DIGIT, or more than fits.</summary>
    ContentLength,

    /// <summary>More than one length, equal or not.</summary>
    RepeatedContentLength,

    /// <summary>A coding other than <c>chunked</c>, in HTTP/1.0, or more than one.</summary>
    TransferEncoding,

    /// <summary>A length beside a coding.</summary>
    LengthAndTransferEncoding,

    /// <summary>A chunk's size is not 1 to 16 hexadecimal digits, or more than fits.</summary>
    ChunkSize,

    /// <summary>A chunk's extension has control characters, or the line more than 256 bytes.</summary>
    ChunkExtension,

    /// <summary>A chunk's data is not followed by CRLF.</summary>
    ChunkEnd,

    /// <summary>A trailer that would change the framing.</summary>
    Trailer,

    /// <summary>A list of the connection's own fields that is too long to be looked at.</summary>
    Connection,

    /// <summary>A version other than HTTP/1.0 and 1.1; the server answers by itself.</summary>
    Version,

    /// <summary>The server has taken bytes for read that nobody had judged.</summary>
    Disagreement,
}
