namespace Rondo.Lab.Experiments.Results;

/// <summary>One thing that has to be so for the figures to mean what they seem to.</summary>
/// <param name="Code">Stable name; <c>rondo lab explain</c> says what it means and what to do.</param>
/// <param name="Pass">Whether it is so.</param>
/// <param name="Value">The worst that was measured.</param>
/// <param name="Limit">What it is held against.</param>
/// <param name="Unit"><c>%</c> (the value is a share, 0 to 1), <c>ms</c>, or empty.</param>
/// <param name="Where">The cell that the value is of, in words; empty if it is of the whole run.</param>
/// <param name="Text">What it means, in a sentence.</param>
internal sealed record LabCheck(
    string Code, bool Pass, double Value, double Limit, string Unit, string Where, string Text);
