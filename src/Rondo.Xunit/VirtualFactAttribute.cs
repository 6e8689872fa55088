using System.Runtime.CompilerServices;
using Rondo.Runtime.Testing;
using Xunit;
using Xunit.v3;

namespace Rondo.Xunit;

/// <summary>
/// A test that runs in virtual time: the body is the main of a <see cref="VirtualLoop"/>. The method returns a
/// <see cref="Task"/> or <see cref="ValueTask"/>, and takes nothing or the <see cref="VirtualLoop"/>. With
/// <see cref="Seeds"/>, it runs once for each seed, each time on a new instance of its class, as a test of its own; the
/// one that fails names its seed.
/// </summary>
/// <param name="sourceFilePath">Given by the compiler.</param>
/// <param name="sourceLineNumber">Given by the compiler.</param>
/// <threadsafety>Immutable once made.</threadsafety>
[XunitTestCaseDiscoverer(typeof(VirtualFactDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
public sealed class VirtualFactAttribute(
    [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber)
{
    private int? _seed;

    /// <summary>
    /// The seed, or the first of <see cref="Seeds"/>. Unless one of the two is set there is none, and simultaneous
    /// timers keep the order in which they were set.
    /// </summary>
    public int Seed
    {
        get => _seed ?? 1;
        set => _seed = value;
    }

    /// <summary>How many seeds to run; 0 unless set, which means one run.</summary>
    public int Seeds { get; set; }

    /// <summary>The seeds to run, null for a run without.</summary>
    internal IEnumerable<int?> Runs => Seeds > 0
        ? Enumerable.Range(Seed, Seeds).Select(seed => (int?)seed)
        : [_seed];
}
