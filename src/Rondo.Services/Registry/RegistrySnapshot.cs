using System.Collections.Immutable;

namespace Rondo.Services.Registry;

/// <summary>
/// Everything that is registered, at one revision. A reader takes it once; a lookup locks and allocates nothing.
/// </summary>
/// <param name="epoch">The history that revisions belong to.</param>
/// <param name="index">The revision.</param>
/// <param name="removedIndex">The newest revision at which a service lost its last instance.</param>
/// <param name="services">By name.</param>
internal sealed class RegistrySnapshot(
    ulong epoch, long index, long removedIndex, ImmutableDictionary<string, ServiceView> services)
{
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Epoch { get; } = epoch;

    public long Index { get; } = index;

    public long RemovedIndex { get; } = removedIndex;

    public ImmutableDictionary<string, ServiceView> Services { get; } = services;

    /// <summary>Ends when there is a newer one.</summary>
    public Task Replaced => _replaced.Task;

    public ServiceView? Find(string name) => Services.GetValueOrDefault(name);

    /// <summary>The revision at which something last changed about a service, or about any.</summary>
    public long IndexOf(string? name) => name is null ? Index : Find(name)?.Index ?? RemovedIndex;

    public void SetReplaced() => _replaced.TrySetResult();
}
