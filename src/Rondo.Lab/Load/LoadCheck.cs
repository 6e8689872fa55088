namespace Rondo.Lab.Load;

/// <summary>One thing that has to be so for the figures to mean what they seem to.</summary>
/// <param name="Code">Stable name.</param>
/// <param name="Passed">Whether it is so.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Limit">What it is held against.</param>
/// <param name="Text">What it means when it fails, in a sentence.</param>
/// <param name="SparesTarget">Whether its failure means that the figures speak of the generator, not of the target.</param>
internal sealed record LoadCheck(
    string Code, bool Passed, double Value, double Limit, string Text, bool SparesTarget = false);
