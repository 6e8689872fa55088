using System.Text;

namespace ChaosProgram;

/// <summary>The texts that lie in the files of a data folder, deleted or not.</summary>
internal static class HeldText
{
    /// <summary>Before the 16 digits that make a text unlike any other.</summary>
    public const string Mark = "~text-";

    private const int Digits = 16;

    /// <summary>Which of these texts lie in a file as they are, and in which.</summary>
    public static IEnumerable<string> Find(string folder, IEnumerable<string> texts)
    {
        var wanted = texts.ToDictionary(t => t[^Digits..]);
        var mark = Encoding.ASCII.GetBytes(Mark);
        foreach (var path in Directory.EnumerateFiles(folder, "events.db*"))
        {
            var bytes = Read(path);
            for (var at = 0; bytes.AsSpan(at).IndexOf(mark) is >= 0 and var found; at++)
            {
                at += found + mark.Length;
                if (at + Digits <= bytes.Length
                    && wanted.TryGetValue(Encoding.ASCII.GetString(bytes, at, Digits), out var text))
                {
                    yield return $"'{text}' was deleted, and lies in {Path.GetFileName(path)}";
                }
            }
        }
    }

    // The server has it open.
    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes;
    }
}
