namespace Rondo.Services.Chat;

/// <summary>What goes out together, joined once for all who have had the same of it.</summary>
/// <param name="told">In order; at least one.</param>
internal sealed class FrameBatch(IReadOnlyList<Frames> told)
{
    private readonly Dictionary<(long After, FrameForm Form), (ReadOnlyMemory<byte> Frames, int Count)> _joined = [];
    private readonly long _first = told.Select(f => f.Seq).FirstOrDefault(seq => seq is not null) ?? long.MaxValue;

    /// <summary>The number of the newest event; 0 without any.</summary>
    public long Last { get; } = told.Max(f => f.Seq) ?? 0;

    /// <summary>The events behind a number, with the notices, ready for the wire; and how many these are.</summary>
    public (ReadOnlyMemory<byte> Frames, int Count) After(long seq, FrameForm form)
    {
        // Whoever has had none of them is like everybody else.
        var key = (Math.Max(seq, _first - 1), form);
        if (!_joined.TryGetValue(key, out var joined))
        {
            _joined.Add(key, joined = Join(key.Item1, form));
        }

        return joined;
    }

    private (ReadOnlyMemory<byte> Frames, int Count) Join(long after, FrameForm form)
    {
        List<ReadOnlyMemory<byte>> frames =
            [.. told.Where(f => f.Seq is null || f.Seq > after).Select(f => f.In(form)).Where(f => !f.IsEmpty)];
        if (frames.Count <= 1)
        {
            return (frames.FirstOrDefault(), frames.Count);
        }

        var all = new byte[frames.Sum(f => f.Length)];
        var length = 0;
        foreach (var frame in frames)
        {
            frame.CopyTo(all.AsMemory(length));
            length += frame.Length;
        }

        return (all, frames.Count);
    }
}
