using Rondo.Lab.Load;

namespace Rondo.Lab.Experiments.Running;

/// <summary>The process that loads the servers: one for the whole experiment, as long as none of its runs is stopped.</summary>
/// <param name="processors">Where it may run; empty for anywhere.</param>
/// <threadsafety>One caller at a time.</threadsafety>
internal sealed class Generator(IReadOnlyList<int> processors) : IDisposable
{
    private LoadSession? _session;

    /// <summary>One that can make a run.</summary>
    /// <exception cref="LoadException">It does not start.</exception>
    public LoadSession Session
    {
        get
        {
            if (_session is null or { IsOver: true })
            {
                _session?.Dispose();
                _session = new LoadSession(processors);
            }

            return _session;
        }
    }

    public void Dispose() => _session?.Dispose();
}
