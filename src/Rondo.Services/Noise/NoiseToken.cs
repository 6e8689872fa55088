using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Noise;

/// <summary>The texts by which devices are known. They are shown once; what is kept is a hash.</summary>
internal static class NoiseToken
{
    public const string Scheme = "nd_";
    public const string TicketScheme = "nt_";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // 62^43 is more than 2^256.
    private const int Length = 43;

    public static string Make(string scheme) => scheme + RandomNumberGenerator.GetString(Alphabet, Length);

    public static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether a token has this hash; how long that takes tells nothing of the hash.</summary>
    public static bool Fits(string token, string hash) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(HashOf(token)), Encoding.ASCII.GetBytes(hash));
}
