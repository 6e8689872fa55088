namespace Rondo.Services.Hosting;

/// <summary>Reads a stream into memory, but never more than a limit: senders and archives may have no end.</summary>
internal static class BoundedStream
{
    private const int Block = 16 * 1024;

    /// <summary>All bytes, or null when there are more than <paramref name="maxBytes"/>.</summary>
    public static async Task<byte[]?> ReadAllAsync(Stream stream, int maxBytes, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        var buffer = new byte[Block];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0 && body.Length + read <= maxBytes)
        {
            body.Write(buffer, 0, read);
        }

        return read == 0 ? body.ToArray() : null;
    }

    /// <summary>The same for a stream that lies in memory.</summary>
    public static byte[]? ReadAll(Stream stream, int maxBytes)
    {
        using var body = new MemoryStream();
        var buffer = new byte[Block];
        int read;
        while ((read = stream.Read(buffer)) > 0 && body.Length + read <= maxBytes)
        {
            body.Write(buffer, 0, read);
        }

        return read == 0 ? body.ToArray() : null;
    }
}
