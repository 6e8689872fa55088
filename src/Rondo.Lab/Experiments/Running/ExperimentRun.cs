using System.Diagnostics;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Running;

/// <summary>
/// Makes an experiment: looks at the machine, tries each variant, predicts, then measures in rounds. A round measures
/// every variant once, in an order of its own, each with a fresh server at all numbers of connections, ascending, so that
/// the memory of a cell is not that of a larger one before.
/// </summary>
internal sealed class ExperimentRun(Experiment experiment, Placement placement, ExperimentObserver observer) : IDisposable
{
    // Time is what ends it; this is for cells that are over in no time.
    private const int MostAttempts = 20;
    private const int WarmupConnections = 16;
    private const double GuessedServing = 100e-6;

    private static readonly TimeSpan s_signalGrace = TimeSpan.FromSeconds(0.5);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Generator _generator = new(placement.Generator);
    private readonly List<LabCell> _cells = [];
    private readonly Dictionary<string, Pilot> _pilots = [];
    private double _steps;
    private double _repeatSeconds;

    /// <summary>Runs to the end, or until it is stopped; what was measured until then is in the result.</summary>
    /// <exception cref="ExperimentException">A server does not start.</exception>
    /// <exception cref="LoadException">The generator does not run.</exception>
    public async Task<LabResult> RunAsync(CancellationToken stop)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        var isPartial = false;
        var machine = MachineReport.Of(placement, null);
        IReadOnlyList<LabPrediction> predictions = [];
        try
        {
            var estimate = TimeTable.Estimate(experiment, GuessedPassSeconds, !experiment.IsQuick);
            _repeatSeconds = experiment.IsQuick ? 0 : TimeTable.MostRepeatSeconds(estimate);
            observer.IsPlanned(estimate, _repeatSeconds);
            machine = MachineReport.Of(placement, await ListenAsync(stop));
            observer.MachineIsKnown(machine);
            await TryAsync(stop);
            predictions = [.. from variant in experiment.Variants
                              from connections in experiment.Connections
                              select Predict(variant, connections)];
            observer.IsPredicted(
                experiment, predictions, TimeTable.Estimate(experiment, PassSeconds, hasPilot: false));
            var random = new Random(experiment.Seed);
            for (var round = 1; round <= experiment.Rounds; round++)
            {
                var order = experiment.Variants.ToArray();
                random.Shuffle(order);
                foreach (var variant in order)
                {
                    await MeasureAsync(variant, round, stop);
                }
            }

            await RepeatAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            isPartial = true;
        }
        catch (Exception e) when (e is ExperimentException or LoadException)
        {
            // A signal to the whole group ends a child that has not begun to listen to signals before it is heard here.
            await Task.Delay(s_signalGrace, TimeProvider.System, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
            {
                throw;
            }

            isPartial = true;
        }

        return new LabResult
        {
            Title = experiment.Title,
            Scenario = experiment.Scenario,
            Question = experiment.Question,
            Expectation = experiment.Expectation,
            LookAt = experiment.LookAt,
            Command = experiment.Command,
            StartedAt = startedAt,
            ElapsedSeconds = Math.Round(Elapsed, 3),
            IsPartial = isPartial,
            Machine = machine,
            Settings = new LabSettings(
                experiment.Work,
                [.. experiment.Variants.Select(v => v.Label)],
                experiment.Connections,
                experiment.Rounds,
                experiment.Seconds,
                experiment.WarmupSeconds,
                experiment.Seed,
                experiment.Variants[0].Share is null ? experiment.Variants[0].Rate : null,
                experiment.IsQuick,
                MachineReport.SmallestDifference(machine),
                experiment.ExpectsErrors,
                experiment.IsComparison,
                experiment.Variants.All(v => v.IsOpen)),
            Cells = _cells,
            Predictions = predictions,
            Series = experiment.Series?.Invoke(_cells) ?? [],
        };
    }

    public void Dispose() => _generator.Dispose();

    private double Elapsed => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    // What the machine is at while we do nothing.
    private async Task<LabNoise> ListenAsync(CancellationToken stop)
    {
        _steps = BusyProcessor.Measure();
        var before = MachineState.Now();
        await Task.Delay(
            TimeSpan.FromSeconds(experiment.IsQuick ? 0.5 : 2), TimeProvider.System, stop);
        return MachineState.Now().Since(before, _steps);
    }

    private async Task TryAsync(CancellationToken stop)
    {
        foreach (var variant in experiment.Variants)
        {
            var same = variant.Share is null ? null
                : experiment.Variants.FirstOrDefault(v => v.Model == variant.Model && _pilots.ContainsKey(v.Label));

            // In a hurry, what is written down of the work will do, if that is all it costs.
            _pilots[variant.Label] = same is not null ? _pilots[same.Label]
                : experiment.IsQuick && variant.Work is { MemoryBytes: 0 } work && work.Wait + work.Compute > TimeSpan.Zero
                ? new Pilot(work.Wait.TotalSeconds, work.Compute.TotalSeconds)
                : await PilotRun.RunAsync(variant, placement, _generator, stop);
        }

        experiment = experiment with { Variants = await WithRatesAsync(stop) };
    }

    private async Task<List<Variant>> WithRatesAsync(CancellationToken stop)
    {
        var capacities = new Dictionary<string, double>();
        var rated = new List<Variant>();
        foreach (var variant in experiment.Variants)
        {
            var key = variant.Model ?? "";
            if (variant.Share is not null && !capacities.ContainsKey(key))
            {
                capacities[key] = await CapacityRun.MeasureAsync(
                    variant, n => Predict(variant with { Share = null }, n), placement, _generator, stop);
            }

            rated.Add(variant.Share is { } share
                ? variant with { Rate = Math.Clamp(share * capacities[key], 1, LoadPlanning.HighestRate) }
                : variant);
        }

        return rated;
    }

    private LabPrediction Predict(Variant variant, int connections)
    {
        var pilot = _pilots[variant.Label];
        var queue = Forecast.QueueOf(
            variant.Model ?? "kestrel", pilot.WaitSeconds, pilot.CpuSeconds, placement.ServerCount);
        var limited = variant.Slots is { } slots ? Forecast.Behind(queue, slots) : queue;
        var prediction = Forecast.Of(variant.Label, limited, variant.LoadOf(connections), variant.Rate);
        return prediction with { Connections = connections };
    }

    // Before the pilot, by what is written down of the work.
    private double GuessedPassSeconds(Variant variant, int connections) =>
        variant is { IsOpen: false, Model: { } model, Work: { } work }
            ? variant.LoadOf(connections) / Forecast.QueueOf(
                model,
                work.Wait.TotalSeconds,
                GuessedServing + work.Compute.TotalSeconds,
                placement.ServerCount).Throughput(variant.LoadOf(connections))
            : 0;

    private double PassSeconds(Variant variant, int connections) =>
        Predict(variant, connections) is var prediction && !variant.IsOpen
            ? variant.LoadOf(connections) / prediction.Throughput
            : 0;

    private async Task MeasureAsync(Variant variant, int round, CancellationToken stop)
    {
        var (target, warmup) = await StartAsync(variant, stop);
        await using (target)
        {
            foreach (var connections in experiment.Connections)
            {
                var cell = CellOf(variant, connections, round) with { WarmupSeconds = warmup };
                _cells.Add(variant is { IsOpen: false, IsBurst: false }
                    && TimeTable.IsTooShort(experiment, PassSeconds(variant, connections))
                    ? cell with { IsTooShort = true, WarmupSeconds = 0, StartSecond = Math.Round(Elapsed, 3) }
                    : await MeasureAsync(target, variant, cell, stop));
            }
        }
    }

    // Noise comes in bursts: what it has met is measured again when the rounds are over. The last attempt counts, and
    // the checks say what was wrong with it.
    private async Task RepeatAsync(CancellationToken stop)
    {
        var end = Elapsed + _repeatSeconds;
        for (var attempt = 2; attempt <= MostAttempts; attempt++)
        {
            var servers = NoiseGate.Disturbed(_cells).GroupBy(i => (_cells[i].Model, _cells[i].Round)).ToList();
            foreach (var server in servers.TakeWhile(_ => Elapsed < end))
            {
                await RepeatAsync(server.Key.Model, [.. server], attempt, stop);
            }
        }
    }

    private async Task RepeatAsync(string model, int[] indexes, int attempt, CancellationToken stop)
    {
        var variant = experiment.Variants.Single(v => v.Label == model);
        var (target, warmup) = await StartAsync(variant, stop);
        await using (target)
        {
            foreach (var index in indexes)
            {
                var cell = CellOf(variant, _cells[index].Connections, _cells[index].Round) with
                {
                    Attempt = attempt,
                    WarmupSeconds = warmup,
                };
                _cells[index] = await MeasureAsync(target, variant, cell, stop);
            }
        }
    }

    private async Task<(VariantServer Target, double Warmup)> StartAsync(Variant variant, CancellationToken stop)
    {
        var target = await VariantServer.StartAsync(variant, placement, _generator, stop);
        try
        {
            var few = variant.LoadOf(Math.Min(experiment.Connections[^1], WarmupConnections));
            return (target, variant.IsBurst
                ? 0
                : await target.WarmUpAsync(experiment.WarmupSeconds, few, PassSeconds(variant, few), stop));
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    private async Task<LabCell> MeasureAsync(
        VariantServer target, Variant variant, LabCell cell, CancellationToken stop)
    {
        var before = MachineState.Now();
        var measured = await target.MeasureAsync(
            cell with { StartSecond = Math.Round(Elapsed, 3) },
            experiment,
            PassSeconds(variant, cell.Connections),
            second => observer.SecondIsOver(cell, second),
            stop);
        measured = measured with { Noise = target.WithoutServer(MachineState.Now().Since(before, _steps)) };
        observer.CellIsOver(measured, NoiseGate.Reason(measured));
        return measured;
    }

    private static LabCell CellOf(Variant variant, int connections, int round) => new()
    {
        Model = variant.Label,
        Connections = connections,
        LoadConnections = variant.LoadConnections,
        Round = round,
    };
}
