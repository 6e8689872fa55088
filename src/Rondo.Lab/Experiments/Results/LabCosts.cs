namespace Rondo.Lab.Experiments.Results;

/// <summary>
/// What the server and the processes that it has started used while a cell was measured; null where the system or the
/// program does not say.
/// </summary>
/// <param name="ResidentBytes">Most memory in use at a time.</param>
/// <param name="Threads">Most threads at a time.</param>
/// <param name="Processes">Most processes at a time.</param>
/// <param name="VoluntarySwitchesPerRequest">Context switches because a thread waited.</param>
/// <param name="InvoluntarySwitchesPerRequest">Context switches because its time was up.</param>
/// <param name="CpuMicrosecondsPerRequest">Processor time, user and system.</param>
/// <param name="AllocatedBytesPerRequest">Managed memory.</param>
/// <param name="Collections">Garbage collections.</param>
/// <param name="PauseMilliseconds">Of all collections together.</param>
internal sealed record LabCosts(
    long? ResidentBytes,
    int? Threads,
    int? Processes,
    double? VoluntarySwitchesPerRequest,
    double? InvoluntarySwitchesPerRequest,
    double? CpuMicrosecondsPerRequest,
    double? AllocatedBytesPerRequest,
    long? Collections,
    double? PauseMilliseconds);
