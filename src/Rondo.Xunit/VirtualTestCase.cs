using System.ComponentModel;
using System.Globalization;
using Xunit.Sdk;
using Xunit.v3;

namespace Rondo.Xunit;

/// <summary>One method to run in virtual time, a test for each seed.</summary>
internal sealed class VirtualTestCase : XunitTestCase, ISelfExecutingXunitTestCase
{
    /// <summary>For xunit, which makes it before it reads it.</summary>
    [Obsolete("Called by the de-serializer; should only be called by deriving classes for de-serialization purposes")]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public VirtualTestCase()
    {
    }

    public VirtualTestCase(
        IXunitTestMethod testMethod,
        string testCaseDisplayName,
        string uniqueId,
        bool isExplicit,
        Type[]? skipExceptions,
        string? skipReason,
        Type? skipType,
        string? skipUnless,
        string? skipWhen,
        Dictionary<string, HashSet<string>> traits,
        string? sourceFilePath,
        int? sourceLineNumber,
        int? timeout)
        : base(
            testMethod,
            testCaseDisplayName,
            uniqueId,
            isExplicit,
            skipExceptions,
            skipReason,
            skipType,
            skipUnless,
            skipWhen,
            traits,
            testMethodArguments: null,
            sourceFilePath,
            sourceLineNumber,
            timeout)
    {
    }

    public int?[] Seeds { get; set; } = [];

    public bool TakesTheLoop { get; set; }

    public override ValueTask<IReadOnlyCollection<IXunitTest>> CreateTests() =>
        new([.. Seeds.Select((seed, index) => new VirtualTest(this, seed, DisplayName(seed), index))]);

    public async ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        await VirtualTestCaseRunner.Instance.Run(
            this,
            await CreateTests(),
            messageBus,
            aggregator,
            cancellationTokenSource,
            TestCaseDisplayName,
            SkipReason,
            explicitOption,
            constructorArguments);

    protected override void Serialize(IXunitSerializationInfo info)
    {
        base.Serialize(info);
        info.AddValue(nameof(Seeds), Seeds);
        info.AddValue(nameof(TakesTheLoop), TakesTheLoop);
    }

    protected override void Deserialize(IXunitSerializationInfo info)
    {
        base.Deserialize(info);
        Seeds = info.GetValue<int?[]>(nameof(Seeds)) ?? [];
        TakesTheLoop = info.GetValue<bool>(nameof(TakesTheLoop));
    }

    private string DisplayName(int? seed) => seed is null
        ? TestCaseDisplayName
        : string.Create(CultureInfo.InvariantCulture, $"{TestCaseDisplayName} [seed {seed}]");
}
