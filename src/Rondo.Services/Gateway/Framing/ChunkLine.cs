using System.Buffers;
using System.Globalization;

namespace Rondo.Services.Gateway.Framing;

/// <summary>The line before a chunk (RFC 9112 section 7.1).</summary>
/// <threadsafety>Safe to use from several threads.</threadsafety>
internal static class ChunkLine
{
    /// <summary>Bytes without the line end: a line is held back until it is whole, so it must be bounded.</summary>
    public const int Longest = 256;

    private const int MostDigits = 16;

    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static readonly SearchValues<byte> s_controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(b => b != '\t').Select(b => (byte)b), 127]);

    /// <summary>Judges a line and takes the size out of it.</summary>
    public static FramingDoubt Judge(ReadOnlySpan<byte> line, out long size)
    {
        var digits = line.IndexOfAnyExcept(s_digits) is >= 0 and var end ? end : line.Length;
        size = 0;
        if (digits is 0 or > MostDigits
            || !long.TryParse(
                line[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size)
            || size < 0)
        {
            return FramingDoubt.ChunkSize;
        }

        var extension = line[digits..];
        return extension.IsEmpty || (extension[0] == ';' && !extension.ContainsAny(s_controls)) ? FramingDoubt.None
            : extension[0] == ';' ? FramingDoubt.ChunkExtension
            : FramingDoubt.ChunkSize;
    }
}
