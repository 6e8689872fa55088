using System.Text;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>Where the first start leaves the admin key, for services that nobody watches.</summary>
/// <param name="Path">The file; null to show the key instead.</param>
internal sealed record AdminKeyFile(string? Path)
{
    /// <summary>Makes the first key, if there is none yet, and writes it; false when there is one.</summary>
    /// <exception cref="StartException">The file is there already or cannot be written; no key was made.</exception>
    public bool WriteIfNone(KeyStore keys)
    {
        if (keys.All.Count > 0)
        {
            return false;
        }

        try
        {
            // The place first: a key that nobody could be told would be lost.
            PrivateFile.Write(Path!, []);
            File.WriteAllText(Path!, keys.CreateAdminKeyIfNone()!.Text + "\n", Encoding.ASCII);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The admin key cannot be written to '{Path}': {error.Message}");
        }
    }
}
