using Rondo.Services.Hosting;

namespace Rondo.Services.Registry;

/// <summary>Why something was not done.</summary>
internal sealed record RegistryRefusal(ProblemType Type, string Detail, TimeSpan? RetryAfter = null);

/// <summary>What came of an order about an instance.</summary>
/// <param name="Instance">The instance as it is now.</param>
/// <param name="Refusal">Why nothing was done; null when it was.</param>
/// <param name="IsNew">Whether it was not there before.</param>
/// <param name="Token">The lease's token, of a registration alone.</param>
internal sealed record RegistryOutcome(
    ServiceInstance? Instance, RegistryRefusal? Refusal = null, bool IsNew = false, string? Token = null);

/// <summary>The kinds of refusal; docs/services/registry.md lists when each is answered.</summary>
internal static class RegistryProblems
{
    public static readonly ProblemType UnusableName = new("unusable-name", 422, "Name not taken");
    public static readonly ProblemType ReservedName = new("reserved-name", 422, "Name reserved");
    public static readonly ProblemType UnusableRegistration =
        new("unusable-registration", 422, "Registration not taken");
    public static readonly ProblemType TooLarge = new("registration-too-large", 413, "Registration too large");
    public static readonly ProblemType NoService = new("no-service", 404, "No such service");
    public static readonly ProblemType NoInstance = new("no-instance", 404, "No such instance");
    public static readonly ProblemType NoneReady = new("none-ready", 503, "No instance takes calls");
    public static readonly ProblemType LeaseHeld = new("lease-held", 409, "Lease held by another");
    public static readonly ProblemType IndexCompacted = new("index-compacted", 410, "Index no longer valid");
    public static readonly ProblemType TooFast = new("too-fast", 429, "Too fast");
    public static readonly ProblemType Full = new("registry-full", 429, "Registry full");

    public static RegistryOutcome NotThere(string name, string id) => new(null, new RegistryRefusal(
        NoInstance, $"There is no '{id}' of '{name}', or its lease is over. Register again."));

    public static RegistryOutcome Held(ServiceInstance instance) => new(instance, new RegistryRefusal(
        LeaseHeld, $"'{instance.Id}' of '{instance.Name}' belongs to who holds its lease token, which is another."));

    public static RegistryOutcome Fast(TimeSpan wait) => new(null, new RegistryRefusal(
        TooFast, "This instance changes faster than it may. Wait.", wait));
}
