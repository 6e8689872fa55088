using System.Text;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams;

/// <summary>What every store of event streams promises; a leaf class for each store there is.</summary>
public abstract partial class EventStoreContract : IAsyncLifetime
{
    private protected static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private protected ManualTime Time { get; } = new(Now);

    private protected IEventStore Store { get; set; } = null!;

    /// <summary>Opens the store that this test uses, or opens it again after it was closed.</summary>
    private protected abstract Task<IEventStore> OpenAsync(TimeProvider time);

    /// <summary>Opens another, empty store.</summary>
    private protected abstract Task<IEventStore> OpenOtherAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync(Time);

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Append_FirstEvents_AreNumberedFrom1InEachStream()
    {
        Assert.Equal([1, 2], Seqs(await Store.AppendAsync("a", [Text("x"), Text("y")], cancellation: Cancellation)));
        Assert.Equal([1], Seqs(await Store.AppendAsync("b", [Text("z")], cancellation: Cancellation)));
        Assert.Equal([3], Seqs(await Store.AppendAsync("a", [Text("w")], cancellation: Cancellation)));

        Assert.Equal(["1 x", "2 y", "3 w"], Show(await ReadAsync("a")));
    }

    [Fact]
    public async Task Append_Event_KeepsAllItsMembers()
    {
        await Store.AppendAsync(
            "chat/lobby-1_x", [new NewEvent("message.new", """{"a":[1,"é\n"]}"""u8.ToArray(), "key-1")], cancellation: Cancellation);

        var kept = Assert.Single((await ReadAsync("chat/lobby-1_x")).Events);
        Assert.Equal(
            ("chat/lobby-1_x", 1, Now, "message.new", "key-1"), (kept.Stream, kept.Seq, kept.At, kept.Type, kept.Key));
        Assert.Equal("""{"a":[1,"é\n"]}""", Encoding.UTF8.GetString(kept.Data.Span));
    }

    [Fact]
    public async Task Append_CallersArray_IsCopiedAndPutOnOneLine()
    {
        var data = "{\r\n \"a\":\n1}"u8.ToArray();
        var append = Store.AppendAsync("a", [new NewEvent("t", data)], cancellation: Cancellation);
        Array.Clear(data);
        await append;

        Assert.Equal("{   \"a\": 1}", Encoding.UTF8.GetString((await ReadAsync("a")).Events[0].Data.Span));
    }

    [Fact]
    public async Task Append_Reopened_GoesOnInTheSameEpoch()
    {
        await FillAsync("a", 3);
        var epoch = Store.Epoch;
        await ReopenAsync();

        Assert.Equal([4], Seqs(await Store.AppendAsync("a", [Text("w")], cancellation: Cancellation)));
        Assert.Equal(epoch, Store.Epoch);
        Assert.Equal(4, (await ReadAsync("a")).Events.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a.b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public async Task Append_NameThatIsNone_IsRefused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(name, [Text("x")], cancellation: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReadAsync(name, null, 1, Cancellation));
    }

    [Fact]
    public async Task Append_Limits_AreInclusive()
    {
        var name = new string('a', 200);
        var largest = Encoding.UTF8.GetBytes($"\"{new string('x', 65534)}\"");
        await Store.AppendAsync(
            name, [new NewEvent(new string('t', 64), largest, new string('k', 200))], cancellation: Cancellation);
        await Store.AppendAsync(name, [.. Enumerable.Repeat(Text("x"), 1000)], cancellation: Cancellation);
        Assert.Equal(1000, (await Store.ReadAsync(name, null, 1000, Cancellation)).Events.Count);

        await RefusedAsync(name + "a", Text("x"));
        await RefusedAsync("a", new NewEvent(new string('t', 65), "1"u8.ToArray()));
        await RefusedAsync("a", new NewEvent("t", Encoding.UTF8.GetBytes($"\"{new string('x', 65535)}\"")));
        await RefusedAsync("a", new NewEvent("t", "1"u8.ToArray(), new string('k', 201)));
        await RefusedAsync("a", [.. Enumerable.Repeat(Text("x"), 1001)]);
        await RefusedAsync("a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("nul")]
    [InlineData("\"\\x\"")]
    public async Task Append_DataThatIsNoJson_IsRefused(string data) =>
        await RefusedAsync("a", new NewEvent("t", Encoding.UTF8.GetBytes(data)));

    [Fact]
    public async Task Append_DataThatIsNoUtf8_IsRefused() =>
        await RefusedAsync("a", new NewEvent("t", new byte[] { (byte)'"', 0xC3, (byte)'"' }));

    [Theory]
    [InlineData("")]
    [InlineData("T")]
    [InlineData("a b")]
    [InlineData("erased")]
    [InlineData("lost")]
    [InlineData("reset")]
    public async Task Append_TypeThatIsNone_IsRefused(string type) =>
        await RefusedAsync("a", new NewEvent(type, "1"u8.ToArray()));

    [Fact]
    public async Task Append_ExpectedSeq_IsCheckedAgainstTheNewestEvent()
    {
        await Store.AppendAsync("a", [Text("x")], expectedSeq: 0, cancellation: Cancellation);
        await Store.AppendAsync("a", [Text("y")], expectedSeq: 1, cancellation: Cancellation);

        var conflict = await Assert.ThrowsAsync<AppendConflictException>(
            () => Store.AppendAsync("a", [Text("z")], expectedSeq: 1, cancellation: Cancellation));

        Assert.Equal((AppendConflict.ExpectedSeq, 2), (conflict.Conflict, conflict.Last));
        await Assert.ThrowsAsync<AppendConflictException>(
            () => Store.AppendAsync("new", [Text("z")], expectedSeq: 1, cancellation: Cancellation));
        Assert.Equal(["a"], (await Store.ListAsync(Cancellation)).Select(s => s.Stream));
        Assert.Equal(["1 x", "2 y"], Show(await ReadAsync("a")));
    }

    [Fact]
    public async Task Append_RepeatedKey_GetsTheFirstResultAndStoresNothing()
    {
        await FillAsync("a", 1);
        var first = await Store.AppendAsync("a", [Text("x", "k1"), Text("y", "k2")], 1, "me", Cancellation);
        Time.Advance(TimeSpan.FromHours(23));
        await ReopenAsync();

        var again = await Store.AppendAsync("a", [Text("x", "k1"), Text("y", "k2")], 1, "me", Cancellation);

        Assert.Equal([2, 3], Seqs(again));
        Assert.Equal(first.Select(e => e with { IsRepeated = true }), again);
        Assert.Equal(3, (await ReadAsync("a")).Events.Count);
    }

    [Fact]
    public async Task Append_KeyOfAnotherSenderOrStream_IsAnotherKey()
    {
        await Store.AppendAsync("a", [Text("x", "k")], null, "me", Cancellation);

        Assert.Equal([2], Seqs(await Store.AppendAsync("a", [Text("y", "k")], null, "you", Cancellation)));
        Assert.Equal([1], Seqs(await Store.AppendAsync("b", [Text("y", "k")], null, "me", Cancellation)));
    }

    [Fact]
    public async Task Append_KeyAfter24Hours_IsNewAgain()
    {
        await Store.AppendAsync("a", [Text("x", "k")], cancellation: Cancellation);
        Time.Advance(TimeSpan.FromHours(24));

        Assert.Equal([2], Seqs(await Store.AppendAsync("a", [Text("y", "k")], cancellation: Cancellation)));
        Assert.Equal([2], Seqs(await Store.AppendAsync("a", [Text("y", "k")], cancellation: Cancellation)));
    }

    [Fact]
    public async Task Append_KeyUsedOtherwise_IsAConflict()
    {
        await Store.AppendAsync("a", [Text("x", "k1")], cancellation: Cancellation);

        var conflicts = new[]
        {
            Store.AppendAsync("a", [Text("other", "k1")], cancellation: Cancellation),
            Store.AppendAsync("a", [Text("x", "k1") with { Type = "other" }], cancellation: Cancellation),
            Store.AppendAsync("a", [Text("x", "k1"), Text("y", "k2")], cancellation: Cancellation),
        };

        foreach (var conflict in conflicts)
        {
            Assert.Equal(
                AppendConflict.KeyReused,
                (await Assert.ThrowsAsync<AppendConflictException>(() => conflict)).Conflict);
        }

        Assert.Equal(["1 x"], Show(await ReadAsync("a")));
        await RefusedAsync("a", Text("x", "k9"), Text("y", "k9"));
        await RefusedAsync("a", Text("x", "k9"), Text("y"));
    }

    [Fact]
    public async Task Append_OneThatConflictsAmongMany_FailsAlone()
    {
        var appends = Enumerable.Range(0, 50)
            .Select(i => Store.AppendAsync("a", [Text($"{i}")], i % 10 == 5 ? 1000 : null, cancellation: Cancellation))
            .ToList();

        var failed = 0;
        foreach (var append in appends)
        {
            try
            {
                await append;
            }
            catch (AppendConflictException)
            {
                failed++;
            }
        }

        Assert.Equal(5, failed);
        Assert.Equal(Enumerable.Range(1, 45), (await ReadAsync("a")).Events.Select(e => (int)e.Seq));
    }

    [Fact]
    public async Task Append_CancelledBefore_StoresNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.AppendAsync("a", [Text("x")], cancellation: new CancellationToken(canceled: true)));

        Assert.Equal([1], Seqs(await Store.AppendAsync("a", [Text("y")], cancellation: Cancellation)));
    }

    [Fact]
    public async Task Append_ClockSetBack_TimesNeverFall()
    {
        var back = new ManualTime(Now - TimeSpan.FromDays(1));
        await Store.AppendAsync("a", [Text("x", "k")], cancellation: Cancellation);
        await Store.DisposeAsync();
        Store = await OpenAsync(back);
        await Store.AppendAsync("a", [Text("y")], cancellation: Cancellation);
        await Store.AppendAsync("b", [Text("z")], cancellation: Cancellation);
        back.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await Store.AppendAsync("a", [Text("w")], cancellation: Cancellation);

        Assert.Equal(
            [Now, Now, Now.AddSeconds(1)], (await ReadAsync("a")).Events.Select(e => e.At));
        Assert.Equal(Now.AddDays(-1), (await ReadAsync("b")).Events[0].At);
        Assert.Equal([1], Seqs(await Store.AppendAsync("a", [Text("x", "k")], cancellation: Cancellation)));
    }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected static NewEvent Text(string text, string? key = null) =>
        new("t", Encoding.UTF8.GetBytes($"\"{text}\""), key);

    private protected static IEnumerable<long> Seqs(IEnumerable<StoredEvent> stored) => stored.Select(s => s.Seq);

    private protected static string Show(StreamEvent shown) =>
        $"{shown.Seq} {Encoding.UTF8.GetString(shown.Data.Span).Trim('"')}";

    private protected static IEnumerable<string> Show(StreamPage page) => page.Events.Select(Show);

    private protected Task<StreamPage> ReadAsync(string stream) => Store.ReadAsync(stream, null, 1000, Cancellation);

    /// <summary>Appends 1, 2, 3...</summary>
    private protected async Task FillAsync(string stream, int count)
    {
        foreach (var chunk in Enumerable.Range(1, count).Chunk(500))
        {
            await Store.AppendAsync(stream, [.. chunk.Select(i => Text($"{i}"))], cancellation: Cancellation);
        }
    }

    private protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync(Time);
    }

    private async Task RefusedAsync(string stream, params NewEvent[] events)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(stream, events, cancellation: Cancellation));
        Assert.DoesNotContain((await ReadAsync("a")).Events, e => e.Key == "k9");
    }
}
