using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Load;
using Rondo.Lab.Models;
using Rondo.Lab.Reports;

namespace Rondo.Lab;

/// <summary><c>rondo lab predict</c>: what theory says, without a run.</summary>
internal static class PredictTool
{
    /// <param name="wait">How long a request waits at no cost.</param>
    /// <param name="cpu">How long it keeps a processor busy.</param>
    /// <param name="cores">Processors of the server.</param>
    /// <param name="pool">Threads of the pool.</param>
    /// <param name="connections">A list or a range; null for the usual.</param>
    /// <param name="rate">Requests per second of an open load; null for a closed one.</param>
    /// <param name="output">Takes the report.</param>
    /// <param name="error">Takes what went wrong.</param>
    public static int Run(
        string wait, string cpu, int cores, int pool, string? connections, double? rate, TextWriter output, TextWriter error)
    {
        try
        {
            LabPlanning.Require(WorkSpec.Time(wait) is not null, $"--wait: '{wait}' is no time such as 50ms");
            LabPlanning.Require(WorkSpec.Time(cpu) is not null, $"--cpu: '{cpu}' is no time such as 5ms");
            LabPlanning.Require(cores is >= 1 and <= 1024, "--cores must be 1 to 1024");
            LabPlanning.Require(pool is >= 1 and <= 10_000, "--pool must be 1 to 10000");
            LabPlanning.Require(rate is null or > 0, "--rate must be above 0");
            var (waits, computes) = (WorkSpec.Time(wait)!.Value, WorkSpec.Time(cpu)!.Value);
            LabPlanning.Require(waits + computes > TimeSpan.Zero, "--wait and --cpu must not both be 0");
            var loads = LabPlanning.Connections(connections, isOpen: rate is not null);
            string[] models = ["sync", "broken", "loop", $"pool:{pool}", "thread", "kestrel"];
            output.Write(PredictionTable.Write(
            [
                .. from model in models
                   let queue = Forecast.QueueOf(model, waits.TotalSeconds, computes.TotalSeconds, cores)
                   from load in loads
                   select Forecast.Of(model, queue, load, rate),
            ]));
            return LoadExit.Ok;
        }
        catch (ExperimentException e)
        {
            error.WriteLine("rondo: " + e.Message);
            return e.ExitCode;
        }
    }
}
