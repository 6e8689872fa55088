namespace Rondo.Lab.Experiments.Results;

/// <summary>A curve through the throughput of one model against its connections.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Kind"><c>usl</c> (Gunther's universal scalability law) or <c>bounds</c> (slope, then a ceiling).</param>
/// <param name="IsChosen">Whether it explains the data better than the other kind, by AICc.</param>
/// <param name="Aicc">Akaike's criterion, corrected for few points; lower is better.</param>
/// <param name="Parameters">
/// Of <c>usl</c>: <c>lambda</c> (requests per second of one connection), <c>sigma</c> (contention), <c>kappa</c>
/// (coherency). Of <c>bounds</c>: <c>lambda</c> and <c>ceiling</c> (requests per second).
/// </param>
/// <param name="Peak">Connections at the highest throughput, or at the knee; null if none was seen.</param>
/// <param name="PeakThroughput">Requests per second there, and what the curve has within the interval of the peak.</param>
/// <param name="Text">What it says, in a sentence.</param>
internal sealed record LabFit(
    string Model,
    string Kind,
    bool IsChosen,
    double Aicc,
    IReadOnlyList<LabParameter> Parameters,
    LabInterval? Peak,
    LabInterval? PeakThroughput,
    string Text);

/// <summary>One parameter of a curve.</summary>
/// <param name="Name">As it stands in formulas.</param>
/// <param name="Value">With its interval.</param>
internal sealed record LabParameter(string Name, LabInterval Value);
