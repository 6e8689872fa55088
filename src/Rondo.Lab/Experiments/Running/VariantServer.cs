using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Targets;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Running;

/// <summary>What a variant's requests go to: a server of its own, or one that is there already.</summary>
internal sealed class VariantServer : IAsyncDisposable
{
    private const double MostWarmup = 3.2;
    private const double WarmupStep = 0.8;
    private const double TinySettling = 0.1;
    private const double Agreement = 0.05;
    private const double LeastTimeout = 10;
    private const double ProbeRate = 50;
    private const int ProbeConnections = 16;
    private const int OpenConnections = 1024;

    private readonly Variant _variant;
    private readonly Generator _generator;
    private readonly ServerChild? _child;
    private readonly ServerChild? _upstream;
    private readonly TargetUrl _target;
    private double _backlogSeconds;

    private VariantServer(
        Variant variant, Generator generator, ServerChild? child, ServerChild? upstream, TargetUrl target) =>
        (_variant, _generator, _child, _upstream, _target) = (variant, generator, child, upstream, target);

    /// <exception cref="ExperimentException">The server does not come up.</exception>
    /// <exception cref="LoadException">The target is another's.</exception>
    public static async Task<VariantServer> StartAsync(
        Variant variant, Placement placement, Generator generator, CancellationToken stop)
    {
        var (child, upstream, url) = ((ServerChild?)null, (ServerChild?)null, variant.Target);
        List<string> arguments = [.. variant.ServeArguments];
        if (variant.Upstream is { } work)
        {
            // Beside the generator: it must take no time from the server.
            (upstream, var rates) = await ServerChild.StartAsync(
                [RatesHandler.Name, "--work", $"io:{work.Wait.TotalMilliseconds}ms"],
                new Dictionary<string, string>(),
                placement.Generator,
                stop);
            arguments.AddRange(["--upstream", rates.AbsoluteUri]);
        }

        if (variant.Model is { } model)
        {
            (child, url) = await ServerChild.StartAsync(
                [model, .. arguments], variant.Environment, placement.Server, stop);
            url = new Uri(url, variant.Path);
        }

        var target = await TargetUrl.ResolveAsync(
            url!.AbsoluteUri, ownsHost: false, Environment.GetEnvironmentVariable(TargetUrl.AllowedVariable));
        return new VariantServer(variant, generator, child, upstream, target);
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

        var plan = Plan(connections) with { Seconds = seconds ?? WarmupStep, SettleSeconds = TinySettling, Rate = null };
        var (whole, before) = (0.0, double.PositiveInfinity);
        while (true)
        {
            await WorkOffAsync(passSeconds, stop);
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
        var connections = _variant.LoadOf(cell.Connections);
        LoadPlanning.RequireDescriptors(connections + cell.Connections + _variant.SlowClients);

        await WorkOffAsync(_variant.Rate is null ? passSeconds : 0, stop);
        var settling = TimeTable.Settling(passSeconds);
        var plan = Plan(connections) with
        {
            Seconds = experiment.Seconds,
            RampSeconds = TimeTable.Ramp(passSeconds),
            SettleSeconds = settling,
            TimeoutSeconds = _variant.TimeoutSeconds ?? Math.Max(LeastTimeout, 4 * (passSeconds + settling)),
            Seed = experiment.Seed + cell.Round,
        };
        if (_variant.IsBurst)
        {
            plan = plan with
            {
                Requests = connections,
                RampSeconds = 0,
                SettleSeconds = 0,
                TimeoutSeconds = experiment.Seconds,
            };
        }

        await using var companions = await Companions.StartAsync(_variant, _target, cell.Connections, stop);
        return await new CellRun(plan, _generator.Session, _child)
        {
            Probe = _variant.ProbePath is { } path ? (_generator.Beside, ProbePlan(plan, path)) : null,
        }.RunAsync(cell, onSecond, stop);
    }

    /// <summary>Loads it with so many connections for so long.</summary>
    public Task<LoadResult> LoadAsync(int connections, double seconds, CancellationToken stop) =>
        _generator.Session.RunAsync(
            Plan(connections) with
            {
                Seconds = seconds,
                RampSeconds = TimeTable.LeastRamp,
                SettleSeconds = TimeTable.LeastSettling,
                TimeoutSeconds = LeastTimeout,
            },
            _ => { },
            () => { },
            stop);

    /// <summary>What of the noise is not this server's doing: one that was there already may be on this machine.</summary>
    public LabNoise WithoutServer(LabNoise noise) => _child is null ? noise with { ForeignShare = null } : noise;

    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
        {
            await _child.DisposeAsync();
        }

        if (_upstream is not null)
        {
            await _upstream.DisposeAsync();
        }
    }

    // A server that serves one at a time still works for clients that have gone: a pass of those that were there before.
    private async Task WorkOffAsync(double nextSeconds, CancellationToken stop)
    {
        if (_backlogSeconds > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(_backlogSeconds), TimeProvider.System, stop);
        }

        _backlogSeconds = nextSeconds;
    }

    // Seldom enough to cost nothing, and from when it is due, so that a stall is seen by all who come meanwhile.
    private LoadPlan ProbePlan(LoadPlan plan, string path) => plan with
    {
        Request = Request(_target with { PathAndQuery = path }),
        Connections = 1,
        MaxConnections = ProbeConnections,
        Rate = ProbeRate,
    };

    private LoadPlan Plan(int connections)
    {
        return new LoadPlan
        {
            Url = _target.Url,
            Address = _target.Address.ToString(),
            Port = _target.Port,
            TlsHost = _target.TlsHost,
            Request = Request(_target),
            Connections = connections,
            MaxConnections = _variant.Rate is null ? connections : Math.Max(connections, OpenConnections),
            Rate = _variant.Rate,
            IsPoisson = _variant.Rate is not null,
            Engine = LoadPlanning.EngineOf("auto"),
        };
    }

    private static byte[] Request(TargetUrl target)
    {
        var request = new RequestText("GET", "1.1", target);
        request.Add("User-Agent: rondo-lab");
        return request.Build([]);
    }
}
