using System.Globalization;

namespace ChaosProgram;

/// <summary>
/// How often each kind of thing was done to a run, how often for longer than a lease, and for how long nobody was
/// answered then. Any thread.
/// </summary>
/// <param name="lease">The term of the lease.</param>
internal sealed class DisturbanceCounts(TimeSpan lease)
{
    private readonly SortedDictionary<string, Count> _counts = new(StringComparer.Ordinal);

    /// <param name="what">The kind.</param>
    /// <param name="length">How long it went on; zero if it has no length.</param>
    /// <param name="silence">The longest time without an acknowledgement, until the first after its end.</param>
    public void Add(string what, TimeSpan length, TimeSpan silence)
    {
        lock (_counts)
        {
            var before = _counts.GetValueOrDefault(what);
            _counts[what] = new Count(
                before.All + 1,
                before.Long + (length > lease ? 1 : 0),
                silence > before.Silence ? silence : before.Silence);
        }
    }

    public override string ToString()
    {
        lock (_counts)
        {
            return string.Join('\n', _counts.Select(c => string.Create(
                CultureInfo.InvariantCulture,
                $"  {c.Value.All,4} x {c.Key}{(c.Value.Long == 0 ? "" : $" ({c.Value.Long} longer than the lease)")}: "
                    + $"{c.Value.Silence.TotalSeconds:0.0} s without an answer at most")));
        }
    }

    private readonly record struct Count(int All, int Long, TimeSpan Silence);
}
