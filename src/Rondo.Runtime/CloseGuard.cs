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

    /// <param name="resource">Its owner, for people.</param>
    /// <param name="options">Those of the loop that the owner belongs to.</param>
    public CloseGuard(string resource, LoopOptions options)
    {
        _resource = resource;
        _handler = options.ReportHandler ?? LoopReport.WriteToStandardError;
        _creation = options.Debug ? CallStack.Capture() : null;
    }

    ~CloseGuard() => LoopReport.Send(new Unclosed(_resource, _creation?.ToString()), _handler);

    /// <summary>The owner is closed.</summary>
    public void Dispose() => GC.SuppressFinalize(this);
}
