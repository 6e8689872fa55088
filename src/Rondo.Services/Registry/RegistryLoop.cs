using Rondo.Services.Hosting;

namespace Rondo.Services.Registry;

/// <summary>The thread on which the registry changes.</summary>
internal sealed class RegistryLoop(TimeProvider time, ILogger<RegistryLoop> logger) : ServiceLoop(
    "rondo-registry", time, error => RegistryLog.CallbackFailed(logger, error.Exception, error.ToString()));
