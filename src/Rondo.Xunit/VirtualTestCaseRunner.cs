using Xunit.v3;

namespace Rondo.Xunit;

/// <summary>Runs the tests of a case one after another.</summary>
internal sealed class VirtualTestCaseRunner : XunitTestCaseRunner
{
    public static new VirtualTestCaseRunner Instance { get; } = new();

    protected override ValueTask<RunSummary> RunTest(XunitTestCaseRunnerContext ctxt, IXunitTest test) =>
        VirtualTestRunner.Instance.Run(
            test,
            ctxt.MessageBus,
            ctxt.ConstructorArguments,
            ctxt.ExplicitOption,
            ctxt.Aggregator.Clone(),
            ctxt.CancellationTokenSource,
            ctxt.BeforeAfterTestAttributes);
}
