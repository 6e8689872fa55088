using Rondo.Lab.Measuring;

namespace Rondo.Lab.Experiments.Running;

/// <summary>Which processors the generator and the servers have, so that they do not take time from each other.</summary>
/// <param name="Generator">Empty for any.</param>
/// <param name="Server">Empty for any.</param>
internal sealed record Placement(IReadOnlyList<int> Generator, IReadOnlyList<int> Server)
{
    /// <summary>How many processors a server has.</summary>
    public int ServerCount => Server.Count > 0 ? Server.Count : Environment.ProcessorCount;

    /// <summary>The first processor for the generator, the others for the servers; with only one they share it.</summary>
    public static Placement Automatic() => BoundProcess.Processors is { Count: > 1 } all
        ? new Placement([all[0]], [.. all.Skip(1)])
        : new Placement([], []);
}
