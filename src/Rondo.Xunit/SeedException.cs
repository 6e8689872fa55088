using System.Globalization;

namespace Rondo.Xunit;

/// <summary>A test in virtual time has failed for one seed; the inner exception says how.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class SeedException : Exception
{
    internal SeedException(int seed, Exception failure)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Fails with seed {seed}; replay it with [VirtualFact(Seed = {seed})]."),
            failure) => Seed = seed;

    /// <summary>The seed with which it fails again.</summary>
    public int Seed { get; }
}
