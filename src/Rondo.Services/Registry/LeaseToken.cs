using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Registry;

/// <summary>The secret that a registration gives, with 256 random bits; only its hash is kept.</summary>
internal static class LeaseToken
{
    public const string Scheme = "lease:";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Prefix = "lt_";
    private const int Length = 43;

    public static string Create() => Prefix + RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>How the owner of a lease is kept who has this token.</summary>
    public static string OwnerOf(string token) =>
        Scheme + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether the token is the owner's; takes the same time however wrong it is.</summary>
    public static bool IsOwner(string token, string owner) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(OwnerOf(token)), Encoding.ASCII.GetBytes(owner));
}
