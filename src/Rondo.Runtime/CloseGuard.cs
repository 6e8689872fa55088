namespace Rondo.Runtime;

/// <summary>
/// Held by what has to be closed, and by nobody else: if it goes to the collector unclosed, so does its owner, and that
/// is reported. It knows no owner, so it neither keeps one alive nor brings one back.
/// </summary>
internal sealed class CloseGuard : IDisposable
{
    private readonly string _resource;
    private readonly Action<LoopReport> _handler;
    private readonly CallStack? _creation;
    private readonly Action? _abandon;

    /// <param name="resource">Its owner, for people.</param>
    /// <param name="options">Those of the loop that the owner belongs to.</param>
    /// <param name="abandon">Gives back what outlives the owner; called by the collector, so it must not wait.</param>
    public CloseGuard(string resource, LoopOptions options, Action? abandon = null)
    {
        _resource = resource;
        _abandon = abandon;
        _handler = options.ReportHandler ?? LoopReport.WriteToStandardError;
        _creation = options.Debug ? CallStack.Capture() : null;
    }

    ~CloseGuard()
    {
        _abandon?.Invoke();
        LoopReport.Send(new Unclosed(_resource, _creation?.ToString()), _handler);
    }

    /// <summary>The owner is closed.</summary>
    public void Dispose() => GC.SuppressFinalize(this);
}
