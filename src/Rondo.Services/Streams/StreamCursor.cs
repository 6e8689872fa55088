using System.Buffers;
using System.Globalization;

namespace Rondo.Services.Streams;

/// <summary>
/// A place in a stream: behind the event <paramref name="Seq"/>. On the wire <c>epoch-seq</c>, the epoch as 16
/// hexadecimal digits; a bare number means the present epoch.
/// </summary>
/// <param name="Epoch">The unbroken history that it belongs to; null for the present one.</param>
/// <param name="Seq">0 is before the first event.</param>
internal readonly record struct StreamCursor(ulong? Epoch, long Seq)
{
    private const int EpochDigits = 16;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static bool TryParse(ReadOnlySpan<char> text, out StreamCursor cursor)
    {
        ulong? epoch = null;
        cursor = default;
        if (text.Length > EpochDigits && text[EpochDigits] == '-')
        {
            if (!TryParseEpoch(text[..EpochDigits], out var parsed))
            {
                return false;
            }

            epoch = parsed;
            text = text[(EpochDigits + 1)..];
        }

        // The parser alone would let zero characters at the end pass.
        if (text.ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return false;
        }

        cursor = new StreamCursor(epoch, seq);
        return true;
    }

    public static string Format(ulong epoch) => epoch.ToString("x16", CultureInfo.InvariantCulture);

    public static bool TryParseEpoch(ReadOnlySpan<char> text, out ulong epoch) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out epoch)
        && text.Length == EpochDigits
        && !text.ContainsAnyExcept(HexDigits);

    public override string ToString() => Epoch is { } epoch
        ? string.Create(CultureInfo.InvariantCulture, $"{epoch:x16}-{Seq}")
        : Seq.ToString(CultureInfo.InvariantCulture);
}
