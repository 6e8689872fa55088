using System.Globalization;
using Rondo.Lab.Load;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Experiments.Running;

/// <summary>Which processors the generator and the servers have, so that they do not take time from each other.</summary>
/// <param name="Generator">Empty for any.</param>
/// <param name="Server">Empty for any.</param>
internal sealed record Placement(IReadOnlyList<int> Generator, IReadOnlyList<int> Server)
{
    private const int MostProcessors = 4096;

    /// <summary>How many processors a server has.</summary>
    public int ServerCount => Server.Count > 0 ? Server.Count : Environment.ProcessorCount;

    /// <summary>As it is written: <c>auto</c>, <c>none</c>, or processors by number, <c>0:1-3</c>.</summary>
    /// <exception cref="ExperimentException">It is none of these, or names a processor that we may not use.</exception>
    public static Placement Parse(string? text)
    {
        switch (text)
        {
            case null or "auto":
                return Automatic();
            case "none":
                return new Placement([], []);
        }

        var sides = text.Split(':');
        var (generator, server) = (Processors(sides[0]), Processors(sides[^1]));
        return sides.Length == 2 && generator.Count > 0 && server.Count > 0
            && generator.Concat(server).All(BoundProcess.Processors.Contains)
            ? new Placement(generator, server)
            : throw new ExperimentException(
                $"--pin: '{text}' is neither auto, none, nor processors of the generator and of the servers such as 0:1-3, "
                    + $"out of {string.Join(',', BoundProcess.Processors)}",
                LoadExit.Usage);
    }

    /// <summary>The first processor for the generator, the others for the servers; with only one they share it.</summary>
    public static Placement Automatic() => BoundProcess.Processors is { Count: > 1 } all
        ? new Placement([all[0]], [.. all.Skip(1)])
        : new Placement([], []);

    // 0,2-3; none if it is no such list.
    private static List<int> Processors(string text)
    {
        var found = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                || to > MostProcessors)
            {
                return [];
            }

            found.UnionWith(Enumerable.Range(from, Math.Max(0, to - from + 1)));
        }

        return [.. found];
    }
}
