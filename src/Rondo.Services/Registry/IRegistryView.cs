namespace Rondo.Services.Registry;

/// <summary>What is registered, as whoever sends calls sees it: in this process, or followed from another.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal interface IRegistryView
{
    /// <summary>The newest state; null until there is one.</summary>
    RegistrySnapshot? Current { get; }
}
