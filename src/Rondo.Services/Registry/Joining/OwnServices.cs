namespace Rondo.Services.Registry.Joining;

/// <summary>A service that this process runs.</summary>
/// <param name="Name">By which it is found.</param>
/// <param name="Routes">The paths that it answers, for a gateway.</param>
internal sealed record OwnService(string Name, IReadOnlyList<string> Routes);

/// <summary>What this process runs and registers.</summary>
internal sealed record OwnServices(IReadOnlyList<OwnService> All);
