using Rondo.Services.Streams;

namespace Rondo.Services.Tests.Streams;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task Read_Pages_CoverEverythingOnce()
    {
        await FillAsync("a", 25);
        var (seen, after) = (new List<long>(), (StreamCursor?)null);
        while (await Store.ReadAsync("a", after, 10, Cancellation) is { Events: [.., var last] } page)
        {
            seen.AddRange(page.Events.Select(e => e.Seq));
            after = new StreamCursor(Store.Epoch, last.Seq);
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task Read_LargeEvents_EndThePageEarly()
    {
        await Store.AppendAsync(
            "a", [.. Enumerable.Repeat(Text(new string('x', 60_000)), 50)], cancellation: Cancellation);

        var page = await ReadAsync("a");
        var rest = await Store.ReadAsync("a", new StreamCursor(null, page.Events.Count), 1000, Cancellation);

        Assert.InRange(page.Events.Sum(e => e.Data.Length), 1024 * 1024, 1024 * 1024 + 60_002);
        Assert.Equal(page.Events.Count + 1, rest.Events[0].Seq);
    }

    [Fact]
    public async Task ReadBack_Pages_CoverEverythingOnceNewestFirst()
    {
        await FillAsync("a", 25);
        var (seen, before) = (new List<long>(), (StreamCursor?)null);
        while (await Store.ReadBackAsync("a", before, 10, Cancellation) is { Events: [.., var last] } page)
        {
            seen.AddRange(page.Events.Select(e => e.Seq));
            before = new StreamCursor(null, last.Seq);
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(i => (long)i).Reverse(), seen);
    }

    [Fact]
    public async Task Read_StreamThatIsNotThere_IsEmpty()
    {
        var page = await ReadAsync("none");

        Assert.Equal((1, 0, Store.Epoch, false), (page.Head.First, page.Head.Last, page.Head.Epoch, page.IsReset));
        Assert.Empty(page.Events);
        Assert.False((await Store.ReadAsync("none", new StreamCursor(Store.Epoch, 0), 1, Cancellation)).IsReset);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(10, false)]
    [InlineData(3, true)]
    [InlineData(0, true)]
    [InlineData(11, true)]
    [InlineData(long.MaxValue, true)]
    public async Task Read_CursorOutsideWhatIsKept_IsAReset(long after, bool isReset)
    {
        await FillAsync("a", 10);
        await Store.RetainAsync("a", 6, null, Cancellation);

        foreach (var epoch in new ulong?[] { null, Store.Epoch })
        {
            var page = await Store.ReadAsync("a", new StreamCursor(epoch, after), 100, Cancellation);

            Assert.Equal(isReset, page.IsReset);
            Assert.Equal((5, 10), (page.Head.First, page.Head.Last));
            Assert.Equal(isReset ? 0 : 10 - after, page.Events.Count);
        }

        Assert.True((await Store.ReadAsync("a", new StreamCursor(Store.Epoch + 1, 5), 1, Cancellation)).IsReset);
        Assert.Equal(5, (await ReadAsync("a")).Events[0].Seq);
    }

    [Fact]
    public async Task ReadBack_CursorOfNoEvent_IsAReset()
    {
        await FillAsync("a", 3);

        Assert.True((await Store.ReadBackAsync("a", new StreamCursor(null, 5), 1, Cancellation)).IsReset);
        Assert.True((await Store.ReadBackAsync("a", new StreamCursor(Store.Epoch + 1, 2), 1, Cancellation)).IsReset);
        Assert.Equal(["3 3"], Show(await Store.ReadBackAsync("a", new StreamCursor(null, 4), 1, Cancellation)));
        Assert.Empty((await Store.ReadBackAsync("a", new StreamCursor(null, 1), 1, Cancellation)).Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task Read_LimitThatIsNone_IsRefused(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ReadAsync("a", null, limit, Cancellation));

    [Fact]
    public async Task Retain_Count_DropsTheOldest()
    {
        await FillAsync("a", 5000);

        Assert.Equal(4997, await Store.RetainAsync("a", 3, null, Cancellation));
        Assert.Equal(["4998 4998", "4999 4999", "5000 5000"], Show(await ReadAsync("a")));
        Assert.Equal(0, await Store.RetainAsync("a", 3, null, Cancellation));
        Assert.Equal(0, await Store.RetainAsync("none", 3, null, Cancellation));
    }

    [Fact]
    public async Task Retain_Everything_GoesOnCounting()
    {
        await FillAsync("a", 3);
        await Store.RetainAsync("a", 0, null, Cancellation);
        await ReopenAsync();

        Assert.Equal((4, 3), ((await ReadAsync("a")).Head.First, (await ReadAsync("a")).Head.Last));
        Assert.False((await Store.ReadAsync("a", new StreamCursor(null, 3), 1, Cancellation)).IsReset);
        Assert.Equal([4], Seqs(await Store.AppendAsync("a", [Text("x")], cancellation: Cancellation)));
    }

    [Fact]
    public async Task Retain_Age_DropsWhatIsOlder()
    {
        foreach (var text in new[] { "x", "y", "z" })
        {
            await Store.AppendAsync("a", [Text(text)], cancellation: Cancellation);
            Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, await Store.RetainAsync("a", null, TimeSpan.FromHours(2), Cancellation));
        Assert.Equal(["2 y", "3 z"], Show(await ReadAsync("a")));
        Assert.Equal(2, await Store.RetainAsync("a", 5, TimeSpan.FromMinutes(1), Cancellation));
    }

    [Fact]
    public async Task Retain_StreamWithASnapshot_KeepsWhatCameAfterIt()
    {
        await FillAsync("a", 10);
        await Store.SnapshotAsync("a", 4, "state"u8.ToArray(), Cancellation);

        Assert.Equal(4, await Store.RetainAsync("a", 1, TimeSpan.Zero, Cancellation));
        Assert.Equal(5, (await ReadAsync("a")).Head.First);
    }

    [Fact]
    public async Task Snapshot_Newer_ReplacesTheOlder()
    {
        await FillAsync("a", 3);
        Assert.Null(await Store.ReadSnapshotAsync("a", Cancellation));
        await Store.SnapshotAsync("a", 2, "two"u8.ToArray(), Cancellation);
        await Store.SnapshotAsync("a", 3, "three"u8.ToArray(), Cancellation);
        await ReopenAsync();

        var kept = (await Store.ReadSnapshotAsync("a", Cancellation))!;
        Assert.Equal((3, Now), (kept.Seq, kept.At));
        Assert.Equal("three"u8.ToArray(), kept.State.ToArray());
        await Assert.ThrowsAsync<ArgumentException>(() => Store.SnapshotAsync("a", 2, default, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.SnapshotAsync("a", 4, default, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.SnapshotAsync("none", 0, default, Cancellation));
    }

    [Fact]
    public async Task Erase_Event_LeavesATombstoneAndItsKey()
    {
        await Store.AppendAsync("a", [Text("x"), Text("y")], cancellation: Cancellation);
        await Store.AppendAsync("a", [Text("secret", "k")], cancellation: Cancellation);
        await Store.AppendAsync("a", [Text("z")], cancellation: Cancellation);

        Assert.True(await Store.EraseAsync("a", 3, Cancellation));
        Assert.True(await Store.EraseAsync("a", 3, Cancellation));

        Assert.Equal(["1 x", "2 y", "3 {}", "4 z"], Show(await ReadAsync("a")));
        var tombstone = (await ReadAsync("a")).Events[2];
        Assert.Equal((StreamEvent.Erased, Now, null), (tombstone.Type, tombstone.At, tombstone.Key));
        Assert.Equal([3], Seqs(await Store.AppendAsync("a", [Text("secret", "k")], cancellation: Cancellation)));
        Assert.False(await Store.EraseAsync("a", 5, Cancellation));
        Assert.False(await Store.EraseAsync("a", 0, Cancellation));
        Assert.False(await Store.EraseAsync("none", 1, Cancellation));
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("audit/keys")]
    public async Task Erase_Audit_IsRefused(string stream)
    {
        await FillAsync(stream, 1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.EraseAsync(stream, 1, Cancellation));
        Assert.Equal(["1 1"], Show(await ReadAsync(stream)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Export_ImportedElsewhere_IsTheSameStore(bool keepEpoch)
    {
        await FillAsync("a", 1500);
        await Store.RetainAsync("a", 1200, null, Cancellation);
        await Store.AppendAsync("b/c", [Text("é\\u0000", "k")], null, "me", Cancellation);
        await FillAsync("gone", 2);
        await Store.RetainAsync("gone", 0, null, Cancellation);
        await Store.SnapshotAsync("a", 1500, new byte[] { 0, 255 }, Cancellation);
        using var export = new MemoryStream();
        await Store.ExportAsync(export, Cancellation);

        await using var other = await OpenOtherAsync();
        export.Position = 0;
        await other.ImportAsync(export, keepEpoch, Cancellation);
        using var second = new MemoryStream();
        await other.ExportAsync(second, Cancellation);

        Assert.Equal(keepEpoch, other.Epoch == Store.Epoch);
        Assert.Equal(
            (await Store.ListAsync(Cancellation)).Select(h => h with { Epoch = other.Epoch }),
            await other.ListAsync(Cancellation));
        Assert.Equal(Lines(export).Skip(1), Lines(second).Skip(1));
        Assert.Equal([1], Seqs(await other.AppendAsync("b/c", [Text("é\\u0000", "k")], null, "me", Cancellation)));
        Assert.Equal([1501], Seqs(await other.AppendAsync("a", [Text("x")], cancellation: Cancellation)));
        Assert.Equal([3], Seqs(await other.AppendAsync("gone", [Text("x")], cancellation: Cancellation)));

        static string[] Lines(MemoryStream text) =>
            System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n');
    }

    [Fact]
    public async Task Import_IntoAStoreThatIsNotEmpty_IsRefused()
    {
        await FillAsync("a", 1);
        using var export = new MemoryStream();
        await Store.ExportAsync(export, Cancellation);
        export.Position = 0;

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.ImportAsync(export, false, Cancellation));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("swap")]
    [InlineData("empty")]
    [InlineData("garbage")]
    [InlineData("foreign")]
    public async Task Import_ExportThatIsNotWhole_LeavesTheStoreEmpty(string damage)
    {
        await FillAsync("a", 5);
        using var export = new MemoryStream();
        await Store.ExportAsync(export, Cancellation);
        var lines = System.Text.Encoding.UTF8.GetString(export.ToArray()).TrimEnd('\n').Split('\n').ToList();
        switch (damage)
        {
            case "cut":
                lines.RemoveAt(5);
                break;
            case "swap":
                (lines[2], lines[3]) = (lines[3], lines[2]);
                break;
            case "empty":
                lines.Clear();
                break;
            case "garbage":
                lines[3] = "{";
                break;
            case "foreign":
                lines[3] = lines[3].Replace("\"a\"", "\"b\"");
                break;
        }

        await using var other = await OpenOtherAsync();
        var epoch = other.Epoch;
        using var damaged = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));

        await Assert.ThrowsAsync<InvalidDataException>(() => other.ImportAsync(damaged, false, Cancellation));
        Assert.Empty(await other.ListAsync(Cancellation));
        Assert.Equal(epoch, other.Epoch);
        Assert.Equal([1], Seqs(await other.AppendAsync("a", [Text("x")], cancellation: Cancellation)));
    }
}
