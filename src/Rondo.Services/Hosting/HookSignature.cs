using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Hosting;

/// <summary>By what the receiver of a webhook knows that it is from here.</summary>
internal static class HookSignature
{
    /// <summary>What a receiver computes, too: HMAC-SHA256 over the time, a point and the body.</summary>
    public static string Of(string secret, string seconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(seconds + "."));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }
}
