namespace Rondo.Lab.Experiments.Results;

/// <summary>What else used the machine in a stretch of time; null where the system does not say.</summary>
/// <param name="StealShare">Processor time that the host of this virtual machine gave to others, 0 to 1.</param>
/// <param name="ThrottledPeriods">In which the control group was stopped because it had used its time up.</param>
/// <param name="ForeignShare">Processor time of processes that are none of ours, in processors.</param>
/// <param name="CalibrationDrift">
/// How much longer or shorter a fixed piece of work took than at the start, as a share; 0 at the start.
/// </param>
internal sealed record LabNoise(
    double? StealShare, long? ThrottledPeriods, double? ForeignShare, double? CalibrationDrift);
