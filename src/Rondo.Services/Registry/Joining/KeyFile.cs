using Rondo.Services.Auth;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry.Joining;

/// <summary>
/// The key with which this process registers: the first line of a file that only its owner can read. It is read again
/// when it has changed, so that a rotated key counts without a restart. Without a file, what <c>RONDO_KEY</c> holds.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class KeyFile
{
    private const string Variable = "RONDO_KEY";

    private readonly string? _path;
    private Kept _kept;

    private KeyFile(string? path, Kept kept) => (_path, _kept) = (path, kept);

    /// <summary>The key; the last good one while the file has none.</summary>
    public string Text
    {
        get
        {
            var kept = Volatile.Read(ref _kept);
            try
            {
                if (_path is not null && File.GetLastWriteTimeUtc(_path) != kept.Written)
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

    /// <summary>The key in a file, else that of the variable, else null.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <exception cref="StartException">It cannot be read, others can read it, or it holds no key.</exception>
    public static KeyFile? Find(string? path) =>
        path is not null ? Open(path)
        : Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text ? null
        : IsKey(text.Trim()) ? new KeyFile(null, new Kept(text.Trim(), default))
        : throw new StartException($"{Variable} holds no key: it is one such as 'rondo key create' prints.");

    /// <exception cref="StartException">It cannot be read, others can read it, or it holds no key.</exception>
    public static KeyFile Open(string path) => new(path, Read(path));

    /// <summary>Whether the environment has a key.</summary>
    public static bool IsInEnvironment => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    private static Kept Read(string path)
    {
        var written = File.GetLastWriteTimeUtc(path);
        var text = PrivateFile.ReadText(path).Split('\n')[0].Trim();
        return IsKey(text)
            ? new Kept(text, written)
            : throw new StartException(
                $"The key file '{path}' holds no key: its first line is one such as 'rondo key create' prints.");
    }

    private static bool IsKey(string text) => text == DemoKey.Text || ApiKey.TryParse(text) is not null;

    private sealed record Kept(string Text, DateTime Written);
}
