using Rondo.Lab.Load;

namespace Rondo.Lab.Experiments.Running;

/// <summary>
/// The process that loads the servers: one for the whole experiment, as long as none of its runs is stopped.
/// </summary>
/// <param name="processors">Where it may run; empty for anywhere.</param>
/// <threadsafety>One caller at a time.</threadsafety>
internal sealed class Generator(IReadOnlyList<int> processors) : IDisposable
{
    private LoadSession? _session;
    private LoadSession? _beside;

    /// <summary>One that can make a run.</summary>
    /// <exception cref="LoadException">It does not start.</exception>
    public LoadSession Session => Live(ref _session);

    /// <summary>Another one, for what runs at the same time.</summary>
    /// <exception cref="LoadException">It does not start.</exception>
    public LoadSession Beside => Live(ref _beside);

    public void Dispose()
    {
        _session?.Dispose();
        _beside?.Dispose();
    }

    private LoadSession Live(ref LoadSession? session)
    {
        if (session is null or { IsOver: true })
        {
            session?.Dispose();
            session = new LoadSession(processors);
        }

        return session;
    }
}
