namespace Rondo.Charts.Plots;

/// <summary>Places for labels that would lie upon each other.</summary>
internal static class LabelSlots
{
    /// <summary>
    /// Moves wished positions apart as little as it takes: those too close form a block around their mean, blocks that
    /// touch become one. The order of equal wishes is kept. With too little room they stand evenly, closer than asked.
    /// </summary>
    public static double[] Spread(IReadOnlyList<double> wishes, double gap, double low, double high)
    {
        if (wishes.Count == 0)
        {
            return [];
        }

        gap = Math.Min(gap, (high - low) / Math.Max(1, wishes.Count - 1));
        var order = Enumerable.Range(0, wishes.Count).OrderBy(i => wishes[i]).ToArray();
        var blocks = new List<Block>();
        foreach (var index in order)
        {
            var block = new Block(wishes[index], 1);
            while (blocks.Count > 0 && Start(blocks[^1]) + (gap * blocks[^1].Count) > Start(block))
            {
                var above = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                var count = above.Count + block.Count;
                block = new Block(((above.Middle * above.Count) + (block.Middle * block.Count)) / count, count);
            }

            blocks.Add(block);
        }

        var places = new double[wishes.Count];
        var next = 0;
        foreach (var block in blocks)
        {
            for (var i = 0; i < block.Count; i++)
            {
                places[order[next++]] = Start(block) + (gap * i);
            }
        }

        return places;

        double Start(Block block)
        {
            var length = gap * (block.Count - 1);
            return Math.Clamp(block.Middle - (length / 2), low, Math.Max(low, high - length));
        }
    }

    private readonly record struct Block(double Middle, int Count);
}
