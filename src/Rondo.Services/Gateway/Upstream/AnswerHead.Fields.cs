using System.Text;

namespace Rondo.Services.Gateway.Upstream;

/// <content>One field, and what it means.</content>
internal sealed partial class AnswerHead
{
    // So many digits fit into a long.
    private const int MostDigits = 18;

    private bool ReadField(ReadOnlySpan<byte> line)
    {
        if (++_seen > MostFields)
        {
            return Refuse($"More than {MostFields} fields.");
        }

        // A blank before the colon, and one that folds a line, are no characters of a name.
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || !FieldText.IsToken(line[..colon]))
        {
            return Refuse("The name of a field is none.");
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (!FieldText.IsValue(value))
        {
            return Refuse("The value of a field holds what none may.");
        }

        var known = KnownFields.Find(line[..colon]);
        switch (known?.Kind ?? FieldKind.EndToEnd)
        {
            case FieldKind.EndToEnd:
                Keep(known?.Name ?? Encoding.Latin1.GetString(line[..colon]), value, known);
                return true;
            case FieldKind.Length:
                return ReadLength(value);
            case FieldKind.Coding:
                return ReadCoding(value);
            case FieldKind.Connection:
                ReadConnection(value);
                return true;
            case FieldKind.Upgrade:
                Upgrade = TextOf(value, known);
                return true;
            default:
                return true;
        }
    }

    private bool ReadLength(ReadOnlySpan<byte> value)
    {
        if (Length is not null || value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || value.TrimStart((byte)'0').Length > MostDigits)
        {
            return Refuse("Content-Length is not one number.");
        }

        var length = 0L;
        foreach (var digit in value)
        {
            length = (length * 10) + digit - '0';
        }

        Length = length;
        return true;
    }

    private bool ReadCoding(ReadOnlySpan<byte> value)
    {
        if (_hasCoding || !IsVersion11 || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            return Refuse("Transfer-Encoding is not 'chunked' alone, or not from HTTP/1.1.");
        }

        return _hasCoding = true;
    }

    private void ReadConnection(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "keep-alive"u8))
        {
            return;
        }

        if (Ascii.EqualsIgnoreCase(value, "close"u8))
        {
            Closes = true;
            return;
        }

        var text = Encoding.Latin1.GetString(value);
        foreach (var option in text.AsSpan().Split(','))
        {
            var name = text.AsSpan(option).Trim(s_blank);
            Closes |= name.Equals("close", StringComparison.OrdinalIgnoreCase);
            ConnectionUpgrades |= name.Equals("upgrade", StringComparison.OrdinalIgnoreCase);
        }

        (_nominated ??= []).Add(text);
    }
}
