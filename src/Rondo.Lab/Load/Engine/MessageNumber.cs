using System.Buffers;
using System.Buffers.Text;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// Where a message bears its number, eight hexadecimal digits: at the beginning, or behind the mark that stands in place
/// of <c>{n}</c>, and then it is found wherever the server puts it.
/// </summary>
internal sealed class MessageNumber
{
    /// <summary>What a user writes where the number is to be.</summary>
    public const string Placeholder = "{n}";

    public const int Digits = 8;

    private const byte Mark = (byte)'#';
    private const int MostKept = 1024;

    private static readonly byte[] s_marked = "#00000000"u8.ToArray();

    private readonly int _at;

    public MessageNumber(ReadOnlySpan<byte> message)
    {
        var mark = message.IndexOf(s_marked);
        _at = mark < 0 ? 0 : mark + 1;
    }

    /// <summary>How many bytes of what comes back have to be seen.</summary>
    public int KeptBytes => _at == 0 ? Digits : MostKept;

    /// <summary>The message with room for a number where <see cref="Placeholder"/> is; else at its beginning.</summary>
    public static byte[] MakeRoom(byte[] message)
    {
        var place = message.AsSpan().IndexOf("{n}"u8);
        return place < 0
            ? [.. new byte[Math.Max(0, Digits - message.Length)], .. message]
            : [.. message.AsSpan(0, place), .. s_marked, .. message.AsSpan(place + Placeholder.Length)];
    }

    public void Write(Span<byte> message, uint number) =>
        Utf8Formatter.TryFormat(number, message[_at..], out _, new StandardFormat('x', Digits));

    /// <summary>False if the message bears none.</summary>
    public bool TryRead(ReadOnlySpan<byte> message, out uint number)
    {
        if (_at == 0)
        {
            return IsNumber(message, out number);
        }

        while (message.IndexOf(Mark) is >= 0 and var mark)
        {
            message = message[(mark + 1)..];
            if (IsNumber(message, out number))
            {
                return true;
            }
        }

        number = 0;
        return false;
    }

    private static bool IsNumber(ReadOnlySpan<byte> message, out uint number)
    {
        number = 0;
        return message.Length >= Digits
            && Utf8Parser.TryParse(message[..Digits], out number, out var used, 'x') && used == Digits;
    }
}
