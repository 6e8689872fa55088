using System.Linq.Expressions;
using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>What can go to another process and come back, and what is refused and how. One worker serves all.</summary>
public sealed class ShippingTests(ShippingTests.OneWorker worker) : IClassFixture<ShippingTests.OneWorker>
{
    private readonly int _field = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ProcessExecutor Executor => worker.Executor;

    [Fact]
    public async Task Values_OfEveryKind_ArriveAsTheyWere()
    {
        await SameAsync(true);
        await SameAsync((byte)200);
        await SameAsync('\ud800');
        await SameAsync(long.MinValue);
        await SameAsync(double.NaN);
        await SameAsync(1.1m);
        await SameAsync(DayOfWeek.Friday);
        await SameAsync(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        await SameAsync(Guid.NewGuid());
        await SameAsync<int?>(null);
        await SameAsync<int?>(5);
        await SameAsync<string?>(null);
        await SameAsync("");
        await SameAsync("a \ud83d\ude00 and half a one \ud83d, \0");
        await SameAsync<byte[]?>(null);
        await SameAsync(Array.Empty<byte>());
        await SameAsync(new byte[] { 0, 255 });
        await SameAsync(new[] { 1.5, double.PositiveInfinity });
        await SameAsync(new[] { "a", null });
        await SameAsync((1, "two"));
        await SameAsync(new List<int> { 1, 2 });
        await SameAsync(new Dictionary<string, int[]> { ["a"] = [1] });
    }

    [Fact]
    public async Task Values_OfTheProgramsOwnTypes_GoAndComeBack()
    {
        var page = await Executor.SubmitAsync(
            WorkerJobs.Grow, new WorkerJobs.Page(10, "title", ["a"], (1, 2)), Cancellation);

        Assert.Equal((20, "title", (1, 2)), (page.Width, page.Title, page.Corner));
        Assert.Equal(["a", "grown"], page.Names);
    }

    [Fact]
    public async Task Bytes_Megabytes_GoAndComeBack()
    {
        var bytes = new byte[(5 << 20) + 3];
        new Random(1).NextBytes(bytes);

        var reversed = await Executor.SubmitAsync(WorkerJobs.Reverse, bytes, Cancellation);

        Assert.True(bytes.AsSpan().SequenceEqual(reversed.Reverse().ToArray()));
    }

    [Fact]
    public async Task Argument_ThatCannotGo_FailsThatCallAndIsNamed()
    {
        var stream = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(TakeStream, new MemoryStream(), Cancellation));
        var hidden = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(WorkerJobs.Same, new WorkerJobs.Hidden(), Cancellation));
        var derived = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(WorkerJobs.Same, (WorkerJobs.Base)new WorkerJobs.Derived(), Cancellation));

        Assert.Contains("Argument 'input' of", stream.Message, StringComparison.Ordinal);
        Assert.Contains("a System.IO.MemoryStream, cannot go", stream.Message, StringComparison.Ordinal);
        Assert.Contains("Argument 'value'", hidden.Message, StringComparison.Ordinal);
        Assert.Contains("no public property", hidden.Message, StringComparison.Ordinal);
        Assert.Contains("only the part in", derived.Message, StringComparison.Ordinal);
        Assert.Equal(7, await Executor.SubmitAsync(Jobs.Seven, Cancellation));

        static int TakeStream(MemoryStream input) => (int)input.Length;
    }

    [Fact]
    public async Task Argument_WithInsideWhatCannotGo_FailsThatCallAndIsNamed()
    {
        var derived = new WorkerJobs.Derived();
        Assert.Contains("Path: $.Item.", await RefusalAsync(new WorkerJobs.Holder(derived)), StringComparison.Ordinal);
        Assert.Contains(
            "only the part in", await RefusalAsync(new WorkerJobs.Holder(Items: [derived])), StringComparison.Ordinal);
        Assert.Contains(
            "only the part in", await RefusalAsync(new WorkerJobs.Base[] { derived }), StringComparison.Ordinal);
        Assert.Contains(
            "only the part in",
            await RefusalAsync(new Dictionary<string, WorkerJobs.Base> { ["a"] = derived }),
            StringComparison.Ordinal);
        Assert.Contains(
            "'Anything' is a System.Int32",
            await RefusalAsync(new WorkerJobs.Holder(Anything: 1)),
            StringComparison.Ordinal);
        Assert.Contains(
            "System.Object means nothing", await RefusalAsync(new List<object> { 1 }), StringComparison.Ordinal);
        Assert.Contains(
            "no public property", await RefusalAsync(new[] { new WorkerJobs.Hidden() }), StringComparison.Ordinal);
        Assert.Contains("CancellationToken means", await RefusalAsync((1, Cancellation)), StringComparison.Ordinal);
        Assert.Contains("does not await", await RefusalAsync(new[] { Task.CompletedTask }), StringComparison.Ordinal);
        Assert.Equal(7, await Executor.SubmitAsync(Jobs.Seven, Cancellation));

        async Task<string> RefusalAsync<T>(T value) => (await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(WorkerJobs.Same, value, Cancellation))).Message;
    }

    [Fact]
    public async Task Values_OfTheirDeclaredOrADeclaredDerivedType_ArriveWhole()
    {
        var holder = new WorkerJobs.Holder(new WorkerJobs.Base { Number = 1 }, [new WorkerJobs.Base { Number = 2 }]);
        var back = await Executor.SubmitAsync(WorkerJobs.Same, holder, Cancellation);

        Assert.Equal((1, 2), (back.Item!.Number, back.Items![0].Number));
        await SameAsync<WorkerJobs.Shape>(new WorkerJobs.Circle(2));
        Assert.Equal(
            [new WorkerJobs.Circle(3)],
            await Executor.SubmitAsync(
                WorkerJobs.Same, new WorkerJobs.Shape[] { new WorkerJobs.Circle(3) }, Cancellation));
    }

    [Fact]
    public async Task Result_ThatCannotCome_FailsThatCallAndIsNamed()
    {
        var stream = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(WorkerJobs.MakeStream, 1, Cancellation));
        var derived = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(WorkerJobs.MakeDerived, 1, Cancellation));
        var inside = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(static n => new WorkerJobs.Holder(WorkerJobs.MakeDerived(n)), 1, Cancellation));
        var task = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(() => Task.CompletedTask, Cancellation));

        Assert.Contains("The result of WorkerJobs.MakeStream", stream.Message, StringComparison.Ordinal);
        Assert.Contains("WorkerJobs+Derived", derived.Message, StringComparison.Ordinal);
        Assert.Contains("Path: $.Item.", inside.Message, StringComparison.Ordinal);
        Assert.Contains("does not await", task.Message, StringComparison.Ordinal);
        Assert.Equal(7, await Executor.SubmitAsync(Jobs.Seven, Cancellation));
    }

    [Fact]
    public async Task Exception_WhoseMessageThrows_ArrivesAndTheWorkerLives()
    {
        var before = await Executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);
        var error = await Assert.ThrowsAsync<RemoteException>(
            () => Executor.SubmitAsync(WorkerJobs.ThrowUnreadable, Cancellation));

        Assert.Equal(typeof(WorkerJobs.UnreadableException).FullName, error.RemoteType);
        Assert.Equal("(cannot be read: System.FormatException)", error.RemoteMessage);
        Assert.Equal(before, await Executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation));
    }

    [Fact]
    public async Task Lambda_ThatCaptures_IsRefusedWithTheVariable()
    {
        var captured = 1;
        var error = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(() => captured, Cancellation));
        var self = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(() => _field, Cancellation));
        var both = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync(() => _field + captured, Cancellation));
        var method = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.SubmitAsync("text".GetHashCode, Cancellation));

        Assert.Contains("'captured' (System.Int32)", error.Message, StringComparison.Ordinal);
        Assert.Contains("ShippingTests", self.Message, StringComparison.Ordinal);
        Assert.Contains("'this'", both.Message, StringComparison.Ordinal);
        Assert.Contains("'captured'", both.Message, StringComparison.Ordinal);
        Assert.Contains("called on an object, a System.String", method.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delegate_OddOnes_AreRefused()
    {
        Func<int> several = Jobs.Seven;
        several += Jobs.Seven;
        Expression<Func<int>> expression = () => 7;
        await Assert.ThrowsAsync<NotShippableException>(() => Executor.SubmitAsync(several, Cancellation));
        await Assert.ThrowsAsync<NotShippableException>(() => Executor.SubmitAsync(expression.Compile(), Cancellation));
    }

    [Fact]
    public async Task Method_Generic_IsFound()
    {
        Assert.Equal(5, await Executor.SubmitAsync(WorkerJobs.Same, 5, Cancellation));
        Assert.Equal("five", await Executor.SubmitAsync(WorkerJobs.Same, "five", Cancellation));
        Assert.Equal(2, await Executor.SubmitAsync(Generic<int>.Count, new[] { 1, 2 }, Cancellation));
        Assert.Equal(8, await Executor.SubmitAsync(static n => n + 1, 7, Cancellation));
    }

    [Fact]
    public async Task CallAsync_Arguments_AreEvaluatedHere()
    {
        var first = 1;
        var page = new WorkerJobs.Page(100, "", [], default);

        Assert.Equal(
            1 + 2 + 5 + 7 + 100 + _field,
            await Executor.CallAsync(
                () => WorkerJobs.Sum(first + _field, 2L, "three", new[] { 3.0, Four() }, page), Cancellation));
        Assert.Equal(
            6,
            await Executor.CallAsync(() => WorkerJobs.Sum(first, first, "", new double[] { 4 }, null), Cancellation));
        await Executor.CallAsync(() => WorkerJobs.Discard(1), Cancellation);
    }

    [Fact]
    public async Task CallAsync_NotOneStaticCall_IsRefused()
    {
        await Assert.ThrowsAsync<NotShippableException>(() => Executor.CallAsync(() => 7, Cancellation));
        await Assert.ThrowsAsync<NotShippableException>(() => Executor.CallAsync(() => Jobs.Seven() + 1, Cancellation));
        var error = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.CallAsync(() => Own(1), Cancellation));
        Assert.Contains("ShippingTests.Own is called on an object", error.Message, StringComparison.Ordinal);
        var argument = await Assert.ThrowsAsync<NotShippableException>(
            () => Executor.CallAsync(() => Count(new MemoryStream(), 1), Cancellation));
        Assert.Contains("'stream'", argument.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunInExecutor_ExpressionOrDelegate_BothResolve() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        var number = 21;

        Assert.Equal(42, await loop.RunInExecutor(Executor, () => Jobs.Double(number)));
        Assert.Equal(42, await loop.RunInExecutor(Executor, Jobs.Double, number));
        Assert.Equal(7, await loop.RunInExecutor(Executor, Jobs.Seven));
        Assert.Equal(42, await loop.RunInExecutor((IExecutor)Executor, static () => 42));
        await loop.RunInExecutor(Executor, () => WorkerJobs.Discard(1));
        Assert.Same(loop, EventLoop.Running);
    });

    private static double Four() => 4;

    private static int Count(Stream stream, int number) => (int)stream.Length + number;

    private int Own(int number) => number + _field;

    private async Task SameAsync<T>(T value)
    {
        // An expression's way, which knows its types only at run time, and a delegate's.
        Assert.Equal(value, await Executor.SubmitAsync(WorkerJobs.Same, value, Cancellation));
        Assert.Equal(value, await Executor.CallAsync(() => WorkerJobs.Same(value), Cancellation));
    }

    private static class Generic<T>
    {
        public static int Count(T[] values) => values.Length;
    }

    /// <summary>An executor for all tests of this class.</summary>
    public sealed class OneWorker : IAsyncDisposable
    {
        public ProcessExecutor Executor { get; } = new(new ProcessExecutorOptions { Name = "shipping", Workers = 1 });

        public ValueTask DisposeAsync() => Executor.DisposeAsync();
    }
}
