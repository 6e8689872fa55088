using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;

namespace Rondo.Lab.Experiments.Running;

/// <summary>Is told how an experiment goes.</summary>
internal abstract class ExperimentObserver
{
    /// <summary>What was found out of the machine, before anything else.</summary>
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

    /// <summary>A cell is measured; <paramref name="noise"/> says why it is to be measured again, or is null.</summary>
    public virtual void CellIsOver(LabCell cell, string? noise)
    {
    }
}
