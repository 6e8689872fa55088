using Xunit.v3;

namespace Rondo.Xunit;

/// <summary>One run of a method in virtual time.</summary>
internal sealed class VirtualTest(VirtualTestCase testCase, int? seed, string displayName, int index) : XunitTest(
    testCase,
    testCase.TestMethod,
    testCase.Explicit,
    testCase.SkipReason,
    testCase.SkipType,
    testCase.SkipUnless,
    testCase.SkipWhen,
    displayName,
    index,
    testCase.Traits.ToDictionary(t => t.Key, t => (IReadOnlyCollection<string>)t.Value),
    testCase.Timeout,
    // A place for the loop, which does not exist before the run.
    testCase.TakesTheLoop ? [null] : [])
{
    public int? Seed => seed;
}
