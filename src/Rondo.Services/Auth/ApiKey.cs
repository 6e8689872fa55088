using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Auth;

/// <summary>
/// The text of a key: <c>ak_PREFIX_SECRETCHECK</c>, with a prefix of 8, a secret of 43 (256 bits) and a checksum of 6
/// base-62 characters. The prefix names the key in lists and logs; the checksum tells a typing error, or a leak in
/// somebody's repository, without asking the store.
/// </summary>
internal sealed class ApiKey
{
    public const int TextLength = 3 + PrefixLength + 1 + SecretLength + CheckLength;
    public const int PrefixLength = 8;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Scheme = "ak_";
    private const int SecretLength = 43;
    private const int CheckLength = 6;
    private const int ShownLength = 4;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    private ApiKey(string text) => Text = text;

    /// <summary>The whole key. Show it once; never log or store it.</summary>
    public string Text { get; }

    public string Prefix => PrefixOf(Text).ToString();

    /// <summary>The end of the text, which lists show beside the prefix; it tells nothing of the secret.</summary>
    public string Ending => Text[^ShownLength..];

    public static ApiKey Create()
    {
        var body = Scheme + RandomNumberGenerator.GetString(Alphabet, PrefixLength) + "_"
            + RandomNumberGenerator.GetString(Alphabet, SecretLength);
        return new ApiKey(string.Concat(body, Check(body, stackalloc char[CheckLength])));
    }

    /// <summary>The key, or null when the text is not one: wrong shape or wrong checksum.</summary>
    public static ApiKey? TryParse(string text) => IsKey(text) ? new ApiKey(text) : null;

    /// <summary>Whether the text is a key by its shape and its checksum. Takes no memory.</summary>
    public static bool IsKey(ReadOnlySpan<char> text)
    {
        Span<char> check = stackalloc char[CheckLength];
        return IsShaped(text) && Check(text[..^CheckLength], check).SequenceEqual(text[^CheckLength..]);
    }

    /// <summary>Whether the text could be a key as far as length and characters go.</summary>
    public static bool IsShaped(ReadOnlySpan<char> text) =>
        text.Length == TextLength
        && text.StartsWith(Scheme, StringComparison.Ordinal)
        && text[Scheme.Length + PrefixLength] == '_'
        && !text.Slice(Scheme.Length, PrefixLength).ContainsAnyExcept(Characters)
        && !text[(Scheme.Length + PrefixLength + 1)..].ContainsAnyExcept(Characters);

    /// <summary>The prefix of a text that is shaped as a key.</summary>
    public static ReadOnlySpan<char> PrefixOf(ReadOnlySpan<char> text) => text.Slice(Scheme.Length, PrefixLength);

    /// <summary>A text from its two halves, as <c>Basic</c> carries them; it need not be a key.</summary>
    public static string Join(string prefix, string rest) =>
        (prefix.StartsWith(Scheme, StringComparison.Ordinal) ? prefix : Scheme + prefix) + "_" + rest;

    private static ReadOnlySpan<char> Check(ReadOnlySpan<char> body, Span<char> into)
    {
        Span<byte> bytes = stackalloc byte[TextLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(body, bytes)], hash);
        var rest = BitConverter.ToUInt32(hash);
        for (var i = CheckLength - 1; i >= 0; i--)
        {
            into[i] = Alphabet[(int)(rest % (uint)Alphabet.Length)];
            rest /= (uint)Alphabet.Length;
        }

        return into;
    }
}
