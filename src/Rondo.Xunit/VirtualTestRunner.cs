using System.Reflection;
using Rondo.Runtime.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace Rondo.Xunit;

/// <summary>Calls the method on a virtual loop; everything around it is xunit's.</summary>
internal sealed class VirtualTestRunner : XunitTestRunner
{
    // What xunit puts before the reason of a test that skips itself.
    private const string Skip = "$XunitDynamicSkip$";

    public static new VirtualTestRunner Instance { get; } = new();

    protected override object? InvokeTestMethod(XunitTestRunnerContext ctxt, object? testClassInstance)
    {
        var seed = ((VirtualTest)ctxt.Test).Seed;
        try
        {
            VirtualLoop.Run(loop => CallAsync(ctxt, testClassInstance, loop), seed);
            return null;
        }
        catch (Exception error) when (seed is { } number && !error.Message.StartsWith(Skip, StringComparison.Ordinal))
        {
            throw new SeedException(number, error);
        }
    }

    private static async Task CallAsync(XunitTestRunnerContext ctxt, object? testClassInstance, VirtualLoop loop)
    {
        var result = ctxt.TestMethod.Invoke(
            testClassInstance,
            BindingFlags.DoNotWrapExceptions,
            binder: null,
            ctxt.TestMethodArguments.Length == 0 ? null : [loop],
            culture: null);
        if (AsyncUtility.TryConvertToValueTask(result) is { } task)
        {
            await task;
        }
    }
}
