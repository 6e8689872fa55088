using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Tests.Experiments;

/// <summary>Results as a run would leave them, of throughputs that are given.</summary>
internal static class RecordedRounds
{
    /// <summary>One number of connections; a value per round for each model.</summary>
    public static LabResult Of(
        params (string Model, double[] Throughput, double[]? Megabytes)[] models) => Analysis.Complete(Raw(models));

    public static LabResult Raw(params (string Model, double[] Throughput, double[]? Megabytes)[] models)
    {
        var rounds = models[0].Throughput.Length;
        return new LabResult
        {
            Title = "test",
            Question = "Which?",
            Command = "rondo lab run",
            StartedAt = DateTimeOffset.UnixEpoch,
            Machine = new LabMachine("", 2, 0, "", "", null, null, [0], [1], null),
            Settings = new LabSettings(
                "io:50ms", [.. models.Select(m => m.Model)], [64], rounds, 2, null, 42, null, false, 0.05),
            Cells =
            [
                .. from round in Enumerable.Range(0, rounds)
                   from model in models
                   select new LabCell
                   {
                       Model = model.Model,
                       Connections = 64,
                       Round = round + 1,
                       ElapsedSeconds = 2,
                       Throughput = model.Throughput[round],
                       Counts = new LabCounts(100, 0, 0, 0, 0, 0, 0, 0, 0),
                       BusyConnections = 64,
                       Costs = model.Megabytes is { } memory
                           ? new LabCosts((long)(memory[round] * 1e6), 10, 1, 1, 1, 100, 1000, 0, 0)
                           : null,
                       Noise = new LabNoise(0, 0, 0, 0),
                       Generator = new LabGenerator(0.1, 0, null),
                   },
            ],
        };
    }
}
