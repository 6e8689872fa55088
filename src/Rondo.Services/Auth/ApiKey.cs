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
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Scheme = "ak_";
    private const int PrefixLength = 8;
    private const int SecretLength = 43;
    private const int CheckLength = 6;
    private const int TextLength = 3 + PrefixLength + 1 + SecretLength + CheckLength;

    private ApiKey(string text) => Text = text;

    /// <summary>The whole key. Show it once; never log or store it.</summary>
    public string Text { get; }

    public string Prefix => Text.Substring(Scheme.Length, PrefixLength);

    /// <summary>What is stored. The secret has 256 random bits, so a plain SHA-256 cannot be searched.</summary>
    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    public static ApiKey Create()
    {
        var body = Scheme + RandomNumberGenerator.GetString(Alphabet, PrefixLength) + "_"
            + RandomNumberGenerator.GetString(Alphabet, SecretLength);
        return new ApiKey(body + Check(body));
    }

    /// <summary>The key, or null when the text is not one: wrong shape or wrong checksum.</summary>
    public static ApiKey? TryParse(string text)
    {
        if (text.Length != TextLength
            || !text.StartsWith(Scheme, StringComparison.Ordinal)
            || text[Scheme.Length + PrefixLength] != '_'
            || text.AsSpan(Scheme.Length).IndexOfAnyExcept(System.Buffers.SearchValues.Create(Alphabet + "_")) >= 0)
        {
            return null;
        }

        var body = text[..^CheckLength];
        return Check(body) == text[^CheckLength..] ? new ApiKey(text) : null;
    }

    private static string Check(string body)
    {
        var sum = BitConverter.ToUInt32(SHA256.HashData(Encoding.ASCII.GetBytes(body)));
        return string.Create(CheckLength, sum, static (target, rest) =>
        {
            for (var i = CheckLength - 1; i >= 0; i--)
            {
                target[i] = Alphabet[(int)(rest % (uint)Alphabet.Length)];
                rest /= (uint)Alphabet.Length;
            }
        });
    }
}
