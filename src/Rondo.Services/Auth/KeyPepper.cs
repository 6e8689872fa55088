using System.Security.Cryptography;
using System.Text;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>
/// A secret of this installation that goes into every stored hash: who has a copy of the hashes alone cannot even try
/// a guess. It is where the database keeps secrets: beside a file, or in it where several nodes share it.
/// </summary>
internal sealed class KeyPepper
{
    public const int HashBytes = 32;

    private const string FileName = "auth.pepper";
    private const int Bytes = 32;

    private readonly byte[] _pepper;

    private KeyPepper(byte[] pepper) => _pepper = pepper;

    /// <summary>Reads the pepper of a database; makes one where there is none.</summary>
    /// <exception cref="StartException">It cannot be read or is none of ours.</exception>
    public static KeyPepper Open(Database database)
    {
        var (pepper, place) = database.Keep(FileName, static () => RandomNumberGenerator.GetBytes(Bytes));
        return pepper.Length == Bytes
            ? new KeyPepper(pepper)
            : throw new StartException(
                $"{place} should have {Bytes} bytes. Restore it from a backup; without it every key is void.");
    }

    /// <summary>The plain SHA-256 of a text that is shaped as a key. Takes no memory.</summary>
    public static void Digest(ReadOnlySpan<char> text, Span<byte> digest)
    {
        Span<byte> ascii = stackalloc byte[ApiKey.TextLength];
        SHA256.HashData(ascii[..Encoding.ASCII.GetBytes(text, ascii)], digest);
    }

    /// <summary>What is stored of a text that is shaped as a key. Takes no memory.</summary>
    public void Hash(ReadOnlySpan<char> text, Span<byte> hash)
    {
        Span<byte> digest = stackalloc byte[HashBytes];
        Digest(text, digest);
        Pepper(digest, hash);
    }

    /// <summary>What is stored of a plain SHA-256 of a key: a secret of 256 random bits needs no slow hash.</summary>
    public void Pepper(ReadOnlySpan<byte> plain, Span<byte> hash) => HMACSHA256.HashData(_pepper, plain, hash);

    /// <summary>A text that only this installation can make from another.</summary>
    public string Sign(string purpose, string text) => Convert.ToHexStringLower(
        HMACSHA256.HashData(_pepper, Encoding.UTF8.GetBytes(purpose + "\n" + text)));
}
