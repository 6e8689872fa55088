using System.Diagnostics.Metrics;

namespace Rondo.Services.Supervision;

/// <summary>What the supervisor tells the platform's meters.</summary>
internal sealed class SupervisionMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Supervision");

    public SupervisionMetrics(ServiceSupervisor supervisor)
    {
        _meter.CreateObservableCounter(
            "rondo.supervision.restarts", () => Each(supervisor, c => c.Restarts), "{restart}",
            "How often a service's process has ended and was to be started again");
        _meter.CreateObservableGauge(
            "rondo.supervision.up", () => Each(supervisor, c => c.Phase is ChildPhase.Up ? 1 : 0), "{process}",
            "Whether a service's process answers");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Each(ServiceSupervisor supervisor, Func<ChildStatus, int> value) =>
        supervisor.Children.Select(c => new Measurement<int>(
            value(c), KeyValuePair.Create<string, object?>("service", c.Name)));
}
