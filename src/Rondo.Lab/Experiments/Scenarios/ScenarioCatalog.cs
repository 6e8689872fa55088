namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>The named experiments, in the order in which they build on each other.</summary>
internal static class ScenarioCatalog
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        AwaitOrBlock.Scenario,
        CpuBound.Scenario,
        MixedWork.Scenario,
        IdleConnections.Scenario,
        ColdPool.Scenario,
        ExecutorSize.Scenario,
        SlowClients.Scenario,
        OneBlockingCall.Scenario,
        LoadModel.Scenario,
        DownstreamLimit.Scenario,
        Overload.Scenario,
        ThreadsAndCores.Scenario,
        Workshop.Scenario,
    ];

    /// <summary>Null if there is none of this name.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(s => s.Name == name);
}
