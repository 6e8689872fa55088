namespace SoakProgram;

/// <summary>Bodies that both sides know: a byte follows from the seed and its place, so that none can be exchanged.</summary>
internal static class Pattern
{
    public static byte At(int seed, long place) => (byte)((uint)(seed + (place * 31) + (place >> 8)) % 251);

    public static byte[] Make(int seed, int count)
    {
        var bytes = new byte[count];
        Fill(seed, 0, bytes);
        return bytes;
    }

    public static void Fill(int seed, long from, Span<byte> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = At(seed, from + i);
        }
    }

    /// <summary>Fails unless these bytes are the ones from this place on.</summary>
    public static void Check(int seed, long from, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(seed, from + i))
            {
                throw new WrongAnswerException($"Byte {from + i} of body {seed} is {bytes[i]}.");
            }
        }
    }
}
