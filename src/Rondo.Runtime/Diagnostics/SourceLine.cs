namespace Rondo.Runtime.Diagnostics;

/// <summary>A line of source code.</summary>
/// <param name="File">The path that the compiler saw.</param>
/// <param name="Line">From 1.</param>
internal sealed record SourceLine(string File, int Line)
{
    public override string ToString() => $"{Shorten(File)}:{Line}";

    // Below the current folder the rest of the path says enough, and fits on a line.
    private static string Shorten(string file)
    {
        var folder = Environment.CurrentDirectory;
        return file.Length > folder.Length + 1
            && file.StartsWith(folder, StringComparison.Ordinal)
            && file[folder.Length] == Path.DirectorySeparatorChar
                ? file[(folder.Length + 1)..]
                : file;
    }
}
