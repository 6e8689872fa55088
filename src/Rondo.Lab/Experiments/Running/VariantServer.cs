using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Targets;
using Rondo.Lab.Load.Tool;

namespace Rondo.Lab.Experiments.Running;

/// <summary>What a variant's requests go to: a server of its own, or one that is there already.</summary>
internal sealed class VariantServer : IAsyncDisposable
{
    private const double MostWarmup = 5;
    private const double WarmupStep = 0.8;
    private const double TinySettling = 0.1;
    private const double Agreement = 0.05;
    private const double LeastTimeout = 10;

    private readonly Variant _variant;
    private readonly Generator _generator;
    private readonly ServerChild? _child;
    private readonly TargetUrl _target;
    private double _backlogSeconds;

    private VariantServer(Variant variant, Generator generator, ServerChild? child, TargetUrl target) =>
        (_variant, _generator, _child, _target) = (variant, generator, child, target);

    /// <exception cref="ExperimentException">The server does not come up.</exception>
    /// <exception cref="LoadException">The target is another's.</exception>
    public static async Task<VariantServer> StartAsync(
        Variant variant, Placement placement, Generator generator, CancellationToken stop)
    {
        ServerChild? child = null;
        var url = variant.Target;
        if (variant.Model is { } model)
        {
            (child, url) = await ServerChild.StartAsync([model, .. variant.ServeArguments], placement.Server, stop);
            url = new Uri(url, variant.Path);
        }

        var target = await TargetUrl.ResolveAsync(
            url!.AbsoluteUri, ownsHost: false, Environment.GetEnvironmentVariable(TargetUrl.AllowedVariable));
        return new VariantServer(variant, generator, child, target);
    }

    /// <summary>Loads it until it is as fast as it gets, which the compiler decides.</summary>
    /// <param name="seconds">How long; null until it grows no further.</param>
    /// <param name="connections">With how many connections.</param>
    /// <param name="passSeconds">How long a request of every one of them takes, as predicted.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>How long that was.</returns>
    public async Task<double> WarmUpAsync(
        double? seconds, int connections, double passSeconds, CancellationToken stop)
    {
        if (seconds is 0)
        {
            return 0;
        }

        _backlogSeconds = passSeconds;
        var plan = Plan(connections) with { Seconds = seconds ?? WarmupStep, SettleSeconds = TinySettling, Rate = null };
        var (whole, before) = (0.0, double.PositiveInfinity);
        while (true)
        {
            var result = await _generator.Session.RunAsync(plan, _ => { }, () => { }, stop);
            stop.ThrowIfCancellationRequested();
            whole += plan.Seconds;
            if (seconds is not null || whole >= MostWarmup
                || (result.Throughput <= before * (1 + Agreement) && double.IsFinite(before)))
            {
                return whole;
            }

            before = result.Throughput;
        }
    }

    /// <summary>Measures a cell.</summary>
    /// <param name="cell">Which; comes back with what was measured.</param>
    /// <param name="experiment">Says for how long.</param>
    /// <param name="passSeconds">How long a request of every connection takes, as predicted.</param>
    /// <param name="onSecond">Called with each second.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<LabCell> MeasureAsync(
        LabCell cell, Experiment experiment, double passSeconds, Action<LoadSecond> onSecond, CancellationToken stop)
    {
        // A server that serves one at a time still works for the clients that were there before.
        var settling = TimeTable.Settling(passSeconds) + _backlogSeconds;
        _backlogSeconds = _variant.Rate is null ? passSeconds : 0;
        var plan = Plan(cell.Connections) with
        {
            Seconds = experiment.Seconds,
            RampSeconds = TimeTable.Ramp(passSeconds),
            SettleSeconds = settling,
            TimeoutSeconds = Math.Max(LeastTimeout, 4 * (passSeconds + settling)),
            Seed = experiment.Seed + cell.Round,
        };
        return await new CellRun(plan, _generator.Session, _child).RunAsync(cell, onSecond, stop);
    }

    public ValueTask DisposeAsync() => _child?.DisposeAsync() ?? ValueTask.CompletedTask;

    private LoadPlan Plan(int connections)
    {
        LoadPlanning.RequireDescriptors(connections);
        var request = new RequestText("GET", "1.1", _target);
        request.Add("User-Agent: rondo-lab");
        return new LoadPlan
        {
            Url = _target.Url,
            Address = _target.Address.ToString(),
            Port = _target.Port,
            TlsHost = _target.TlsHost,
            Request = request.Build([]),
            Connections = connections,
            MaxConnections = connections,
            Rate = _variant.Rate,
            IsPoisson = _variant.Rate is not null,
            Engine = LoadPlanning.EngineOf("auto"),
        };
    }
}
