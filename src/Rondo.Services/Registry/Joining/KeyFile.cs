using Rondo.Services.Auth;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry.Joining;

/// <summary>
/// The key with which this process registers: the first line of a file that only its owner can read. It is read again
/// when it has changed, so that a rotated key counts without a restart.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class KeyFile
{
    private readonly string _path;
    private Kept _kept;

    private KeyFile(string path, Kept kept) => (_path, _kept) = (path, kept);

    /// <summary>The key; the last good one while the file has none.</summary>
    public string Text
    {
        get
        {
            var kept = Volatile.Read(ref _kept);
            try
            {
                if (File.GetLastWriteTimeUtc(_path) != kept.Written)
                {
                    Volatile.Write(ref _kept, kept = Read(_path));
                }
            }
            catch (StartException)
            {
                // Being replaced, or damaged: a registry that refuses the key of before says so.
            }

            return kept.Text;
        }
    }

    /// <exception cref="StartException">It cannot be read, others can read it, or it holds no key.</exception>
    public static KeyFile Open(string path) => new(path, Read(path));

    private static Kept Read(string path)
    {
        var written = File.GetLastWriteTimeUtc(path);
        var text = PrivateFile.ReadText(path).Split('\n')[0].Trim();
        return text == DemoKey.Text || ApiKey.TryParse(text) is not null
            ? new Kept(text, written)
            : throw new StartException(
                $"The key file '{path}' holds no key: its first line is one such as 'rondo key create' prints.");
    }

    private sealed record Kept(string Text, DateTime Written);
}
