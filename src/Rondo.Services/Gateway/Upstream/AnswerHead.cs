using System.Text;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// The head of an upstream's answer, read line by line and strictly (RFC 9112): what two readers could understand
/// differently is a fault. Used again and again for the answers of one connection.
/// </summary>
internal sealed partial class AnswerHead
{
    /// <summary>The most bytes of a head, in all.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>The most fields.</summary>
    public const int MostFields = 200;

    private static readonly char[] s_blank = [' ', '\t'];

    // What a field said last time: most say the same again, and need no new string.
    private readonly string?[] _lastValues = new string?[KnownFields.Count];
    private AnswerField[] _fields = new AnswerField[16];
    private List<string>? _nominated;
    private bool _hasCoding;
    private int _seen;

    /// <summary>The status; 0 before the first line.</summary>
    public int Status { get; private set; }

    /// <summary>Whether the version is 1.1, not 1.0.</summary>
    public bool IsVersion11 { get; private set; }

    /// <summary>Whether the upstream wants to close.</summary>
    public bool Closes { get; private set; }

    /// <summary>The length told; null without one.</summary>
    public long? Length { get; private set; }

    /// <summary>The protocol the upstream changes to; null without one.</summary>
    public string? Upgrade { get; private set; }

    /// <summary>Whether <c>Connection</c> names <c>upgrade</c>.</summary>
    public bool ConnectionUpgrades { get; private set; }

    /// <summary>What is wrong, when it is invalid.</summary>
    public string? Fault { get; private set; }

    /// <summary>What is to be handed on, but for what <c>Connection</c> names.</summary>
    public ReadOnlySpan<AnswerField> Fields => _fields.AsSpan(0, FieldCount);

    private int FieldCount { get; set; }

    /// <summary>Before each head.</summary>
    public void Reset()
    {
        Status = 0;
        FieldCount = 0;
        _seen = 0;
        Closes = false;
        Length = null;
        Upgrade = null;
        ConnectionUpgrades = false;
        Fault = null;
        _hasCoding = false;
        _nominated?.Clear();
    }

    /// <summary>Reads the lines that are there.</summary>
    /// <param name="bytes">What was received and not read yet, always from the start of a line.</param>
    /// <param name="read">How many of them are lines that were read.</param>
    public HeadProgress Read(ReadOnlySpan<byte> bytes, out int read)
    {
        read = 0;
        while (true)
        {
            var line = bytes[read..];
            var end = line.IndexOf((byte)'\n');
            if (end < 0)
            {
                return Status != 0 || StartsLikeOne(line) ? HeadProgress.Incomplete : Invalid("This is no HTTP/1.");
            }

            read += end + 1;
            if (end == 0 || line[end - 1] != '\r')
            {
                return Invalid("A line ends without CR.");
            }

            line = line[..(end - 1)];
            if (Status == 0)
            {
                if (!ReadStatus(line))
                {
                    return Invalid("The status line is none.");
                }
            }
            else if (line.IsEmpty)
            {
                return Length is not null && _hasCoding
                    ? Invalid("Content-Length and Transfer-Encoding at once.")
                    : HeadProgress.Complete;
            }
            else if (!ReadField(line))
            {
                return HeadProgress.Invalid;
            }
        }
    }

    /// <summary>How the body ends; by RFC 9112, section 6.3.</summary>
    public BodyFraming FramingFor(bool isHead) =>
        isHead || Status is 204 or 304 ? BodyFraming.None
        : _hasCoding ? BodyFraming.Chunked
        : Length is { } length ? (length == 0 ? BodyFraming.None : BodyFraming.Length)
        : BodyFraming.UntilClose;

    /// <summary>Whether <c>Connection</c> names a field.</summary>
    public bool IsNominated(string name)
    {
        if (_nominated is null)
        {
            return false;
        }

        foreach (var value in _nominated)
        {
            if (value.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StartsLikeOne(ReadOnlySpan<byte> bytes)
    {
        var start = "HTTP/1."u8;
        return bytes.Length < start.Length ? start.StartsWith(bytes) : bytes.StartsWith(start);
    }

    private HeadProgress Invalid(string fault)
    {
        Fault = fault;
        return HeadProgress.Invalid;
    }

    private bool Refuse(string fault)
    {
        Fault = fault;
        return false;
    }

    // HTTP/1.x SP 3DIGIT [SP reason]; the reason is dropped.
    private bool ReadStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1')
            || line[8] != ' '
            || line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || (line.Length > 12 && (line[12] != ' ' || !FieldText.IsValue(line[13..]))))
        {
            return false;
        }

        IsVersion11 = line[7] == '1';
        Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0';
        return Status is >= 100 and <= 599;
    }

    private void Keep(string name, ReadOnlySpan<byte> value, KnownField? known)
    {
        if (FieldCount == _fields.Length)
        {
            Array.Resize(ref _fields, FieldCount * 2);
        }

        _fields[FieldCount++] = new AnswerField(name, TextOf(value, known));
    }

    private string TextOf(ReadOnlySpan<byte> value, KnownField? known)
    {
        if (known is null)
        {
            return Encoding.Latin1.GetString(value);
        }

        ref var last = ref _lastValues[known.Number];
        return last is not null && Ascii.Equals(value, last) ? last : last = Encoding.Latin1.GetString(value);
    }
}
