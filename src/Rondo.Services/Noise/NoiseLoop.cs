using Rondo.Services.Hosting;

namespace Rondo.Services.Noise;

/// <summary>The thread on which the rooms' levels live.</summary>
internal sealed class NoiseLoop(TimeProvider time, ILogger<NoiseLoop> logger)
    : ServiceLoop("rondo-noise", time, error => NoiseLog.CallbackFailed(logger, error.Exception, error.ToString()));
