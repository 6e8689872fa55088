namespace Rondo.Lab.Load.Ab;

/// <summary>The lines that ab writes while it runs, one per tenth of the requests.</summary>
internal sealed class AbProgress(AbOptions options, TextWriter error, long step)
{
    private long _done;
    private long _said;

    public void Show(LoadSecond second)
    {
        _done += second.Completed + second.Failed;
        Say();
    }

    public void Finish(long done)
    {
        _done = done;
        Say();
        if (options.ShowsProgress)
        {
            error.WriteLine($"Finished {done} requests");
        }
    }

    private void Say()
    {
        while (options.ShowsProgress && _said + step <= _done)
        {
            _said += step;
            error.WriteLine($"Completed {_said} requests");
        }
    }
}
