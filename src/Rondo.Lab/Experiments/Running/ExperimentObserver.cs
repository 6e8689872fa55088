using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;

namespace Rondo.Lab.Experiments.Running;

/// <summary>Is told how an experiment goes.</summary>
internal abstract class ExperimentObserver
{
    /// <summary>How long all of it is going to take, before anything else; told again once more is known.</summary>
    /// <param name="seconds">Where nothing disturbs it.</param>
    /// <param name="repeatSeconds">What it may take beyond that where something does.</param>
    public virtual void IsPlanned(double seconds, double repeatSeconds)
    {
    }

    /// <summary>What was found out of the machine.</summary>
    public virtual void MachineIsKnown(LabMachine machine)
    {
    }

    /// <summary>What is expected, before it is measured, and how long that takes.</summary>
    public virtual void IsPredicted(Experiment experiment, IReadOnlyList<LabPrediction> predictions, double seconds)
    {
    }

    /// <summary>Another second of the cell under way.</summary>
    public virtual void SecondIsOver(LabCell cell, LoadSecond second)
    {
    }

    /// <summary>A cell is measured; <paramref name="noise"/> says what has disturbed it too much, or is null.</summary>
    public virtual void CellIsOver(LabCell cell, string? noise)
    {
    }
}
