namespace Rondo.Services.Noise;

/// <summary>
/// The newest snapshot of all rooms, for whoever reads: one reference, replaced about once a second by the noise loop.
/// </summary>
/// <threadsafety>Every member from any thread; <see cref="Publish"/> by the noise loop alone.</threadsafety>
internal sealed class NoiseBook
{
    private volatile Page _page = new(NoiseSnapshot.Empty);

    public NoiseSnapshot Current => _page.Snapshot;

    /// <summary>The newest snapshot, and a task that ends when there is a newer one.</summary>
    public (NoiseSnapshot Snapshot, Task Changed) Read()
    {
        var page = _page;
        return (page.Snapshot, page.Replaced.Task);
    }

    public void Publish(NoiseSnapshot snapshot)
    {
        var before = _page;
        _page = new Page(snapshot);
        before.Replaced.SetResult();
    }

    private sealed class Page(NoiseSnapshot snapshot)
    {
        public NoiseSnapshot Snapshot { get; } = snapshot;

        // Those who wait must not run on the noise loop.
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
