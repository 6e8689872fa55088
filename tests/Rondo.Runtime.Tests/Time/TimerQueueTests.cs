using Rondo.Runtime.Time;

namespace Rondo.Runtime.Tests.Time;

public sealed class TimerQueueTests
{
    [Fact]
    public void TakeDue_EqualDeadlines_ComeFirstInFirstOut()
    {
        var queue = new TimerQueue<Entry>();
        for (var i = 0; i < 100; i++)
        {
            queue.Add(new Entry(i), due: 5);
        }

        Assert.Equal(Enumerable.Range(0, 100), Drain(queue, 5));
    }

    [Fact]
    public void TakeDue_NotYetDue_IsNull()
    {
        var queue = new TimerQueue<Entry>();
        queue.Add(new Entry(1), due: 5);

        Assert.Null(queue.TakeDue(4));
        Assert.Equal(5, queue.NextDue);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Remove_RandomlyAmongAdds_LeavesTheOrderOfASort(int seed)
    {
        var random = new Random(seed);
        var queue = new TimerQueue<Entry>();
        var expected = new List<(long Due, int Id, Entry Entry)>();
        for (var id = 0; id < 5_000; id++)
        {
            if (expected.Count > 0 && random.Next(3) == 0)
            {
                var victim = expected[random.Next(expected.Count)];
                queue.Remove(victim.Entry);
                expected.Remove(victim);
            }
            else
            {
                var entry = new Entry(id);
                var due = random.Next(50);
                queue.Add(entry, due);
                expected.Add((due, id, entry));
            }
        }

        Assert.Equal(expected.OrderBy(e => e.Due).ThenBy(e => e.Id).Select(e => e.Id), Drain(queue, long.MaxValue));
    }

    private static List<int> Drain(TimerQueue<Entry> queue, long now)
    {
        var taken = new List<int>();
        while (queue.TakeDue(now) is { } entry)
        {
            Assert.Equal(-1, entry.Place);
            taken.Add(entry.Id);
        }

        return taken;
    }

    private sealed class Entry(int id) : ITimerEntry
    {
        public int Id => id;

        public int Place { get; set; } = -1;
    }
}
