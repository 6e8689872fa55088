using System.Globalization;

namespace ChaosProgram;

/// <summary>How often each kind of thing was done to a run, and how often for longer than a lease.</summary>
/// <param name="lease">The term of the lease.</param>
internal sealed class DisturbanceCounts(TimeSpan lease)
{
    private readonly SortedDictionary<string, (int All, int Long)> _counts = new(StringComparer.Ordinal);

    /// <param name="what">The kind.</param>
    /// <param name="time">How long it went on; zero if it has no length.</param>
    public void Add(string what, TimeSpan time = default)
    {
        lock (_counts)
        {
            var (all, isLong) = _counts.GetValueOrDefault(what);
            _counts[what] = (all + 1, isLong + (time > lease ? 1 : 0));
        }
    }

    public override string ToString()
    {
        lock (_counts)
        {
            return string.Join('\n', _counts.Select(c => string.Create(
                CultureInfo.InvariantCulture,
                $"  {c.Value.All,4} x {c.Key}{(c.Value.Long == 0 ? "" : $" ({c.Value.Long} longer than the lease)")}")));
        }
    }
}
