namespace Rondo.Services.Hosting;

/// <summary>Files that are compiled into this assembly.</summary>
internal static class EmbeddedFile
{
    public static Stream Open(string name) =>
        typeof(EmbeddedFile).Assembly.GetManifestResourceStream(name)
        ?? throw new System.Diagnostics.UnreachableException($"The embedded file '{name}' is missing from the build.");

    public static byte[] Bytes(string name)
    {
        using var file = Open(name);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
