using Rondo.Runtime.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace Rondo.Xunit;

/// <summary>Makes a test case of each method with <see cref="VirtualFactAttribute"/>; called by xunit.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class VirtualFactDiscoverer : IXunitTestCaseDiscoverer
{
    /// <inheritdoc />
    public ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        ArgumentNullException.ThrowIfNull(testMethod);
        var details = TestIntrospectionHelper.GetTestCaseDetails(discoveryOptions, testMethod, factAttribute);
        var fact = (VirtualFactAttribute)factAttribute;
        IXunitTestCase testCase = new VirtualTestCase(
            testMethod,
            details.TestCaseDisplayName,
            details.UniqueID,
            details.Explicit,
            details.SkipExceptions,
            details.SkipReason,
            details.SkipType,
            details.SkipUnless,
            details.SkipWhen,
            TestIntrospectionHelper.GetTraits(testMethod, null),
            details.SourceFilePath,
            details.SourceLineNumber,
            details.Timeout)
        {
            Seeds = [.. fact.Runs],
            TakesTheLoop = testMethod.Parameters.Select(p => p.ParameterType).SequenceEqual([typeof(VirtualLoop)]),
        };
        return new([testCase]);
    }
}
