namespace Rondo.Transport.Kestrel;

/// <summary>Names for connections in logs: short, unique in the process, and not the same after a restart.</summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    private static long s_last = DateTimeOffset.UnixEpoch.Ticks + System.Diagnostics.Stopwatch.GetTimestamp();

    public static string Next() => string.Create(13, Interlocked.Increment(ref s_last), static (text, id) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, id >>= 5)
        {
            text[i] = Digits[(int)(id & 31)];
        }
    });
}
