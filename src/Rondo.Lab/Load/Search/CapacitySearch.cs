using System.Globalization;

namespace Rondo.Lab.Load.Search;

/// <summary>
/// Finds the most connections with which a limit holds: doubling until it is missed or throughput has grown by less
/// than 5 % twice, then bisecting to 3 %, then three runs at the answer and one a step above. Connections are the knob:
/// above capacity a rate only measures the backlog.
/// </summary>
internal sealed class CapacitySearch(Slo slo, int most, Func<int, Task<LoadResult>> run, Action<CapacityStep> onStep)
{
    private const double LeastGain = 1.05;
    private const double Precision = 0.03;
    private const double GeneratorLimit = 0.8;
    private const int Confirmations = 3;

    private readonly List<CapacityStep> _steps = [];

    public async Task<Capacity> RunAsync()
    {
        var (good, bad, isSaturated) = await DoubleAsync();
        while (good > 0 && bad is { } above && above - good > Math.Max(1, good * Precision))
        {
            var middle = good + ((above - good) / 2);
            if ((await TryAsync(middle)).Meets)
            {
                good = middle;
            }
            else
            {
                bad = middle;
            }
        }

        return good == 0
            ? new Capacity(0, 0, IsConfirmed: false, isSaturated, IsAtMost: false, IsBound(_steps[^1]), _steps)
            : await ConfirmAsync(good, isSaturated);
    }

    /// <summary>The answer in a sentence.</summary>
    public static string Describe(Capacity capacity, Slo slo) => capacity switch
    {
        { Connections: 0 } => $"no load meets {slo.Text}",
        { IsConfirmed: false } =>
            Text($"about {capacity.Throughput:0} requests/s at {capacity.Connections} connections, ")
                + $"but {slo.Text} did not hold in every confirming run",
        { IsSaturated: true } =>
            Text($"{capacity.Throughput:0} requests/s at {capacity.Connections} connections: throughput grows no further, ")
                + $"and {slo.Text} still holds",
        { IsAtMost: true } =>
            Text($"{capacity.Throughput:0} requests/s at {capacity.Connections} connections within {slo.Text}: ")
                + "as many as --max-connections allows, and there may be more",
        _ => Text($"{capacity.Throughput:0} requests/s at {capacity.Connections} connections within {slo.Text}"),
    };

    private async Task<(int Good, int? Bad, bool IsSaturated)> DoubleAsync()
    {
        var (good, best, flat) = (0, 0.0, 0);
        for (var connections = 1; ; connections = Math.Min(connections * 2, most))
        {
            var step = await TryAsync(connections);
            if (!step.Meets)
            {
                return (good, connections, false);
            }

            flat = step.Throughput < best * LeastGain ? flat + 1 : 0;
            good = flat == 0 ? connections : good;
            best = Math.Max(best, step.Throughput);
            if (flat == 2)
            {
                return (good, null, true);
            }

            if (connections == most)
            {
                return (good, null, false);
            }
        }
    }

    private async Task<Capacity> ConfirmAsync(int connections, bool isSaturated)
    {
        var confirming = new List<CapacityStep>();
        for (var i = 0; i < Confirmations; i++)
        {
            confirming.Add(await TryAsync(connections));
        }

        var above = connections + (int)Math.Max(1, Math.Ceiling(connections * Precision));
        if (above <= most)
        {
            await TryAsync(above);
        }

        return new Capacity(
            connections,
            confirming.Select(c => c.Throughput).Order().ElementAt(Confirmations / 2),
            confirming.TrueForAll(c => c.Meets),
            isSaturated,
            connections == most,
            confirming.Exists(IsBound),
            _steps);
    }

    private static bool IsBound(CapacityStep step) => step.BusiestThread > GeneratorLimit;

    private async Task<CapacityStep> TryAsync(int connections)
    {
        var result = await run(connections);
        var step = new CapacityStep(
            connections, result.Throughput, slo.Value(result), slo.IsMet(result), result.BusiestThread);
        _steps.Add(step);
        onStep(step);
        return step;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
