namespace Rondo.Lab.Experiments.Results;

/// <summary>Where it ran, and how quiet that was beforehand.</summary>
/// <param name="Processor">Its model, as the system names it.</param>
/// <param name="Processors">How many this process may use.</param>
/// <param name="MemoryBytes">Of the machine.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Governor">Of the processor's frequency; null where the system does not say.</param>
/// <param name="ProcessorQuota">The limit of the control group, in processors; null without one.</param>
/// <param name="GeneratorProcessors">Where the generator ran; empty if it was not bound.</param>
/// <param name="ServerProcessors">Where the servers ran; empty if they were not bound.</param>
/// <param name="Noise">Measured before the run; null if it was not.</param>
internal sealed record LabMachine(
    string Processor,
    int Processors,
    long MemoryBytes,
    string System,
    string Runtime,
    string? Governor,
    double? ProcessorQuota,
    IReadOnlyList<int> GeneratorProcessors,
    IReadOnlyList<int> ServerProcessors,
    LabNoise? Noise);
