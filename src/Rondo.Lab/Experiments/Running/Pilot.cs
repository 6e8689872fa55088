namespace Rondo.Lab.Experiments.Running;

/// <summary>What a request costs its server, found out before the experiment, so that it can be predicted.</summary>
/// <param name="WaitSeconds">At no cost.</param>
/// <param name="CpuSeconds">Of a processor, with all that serving takes.</param>
internal sealed record Pilot(double WaitSeconds, double CpuSeconds);
