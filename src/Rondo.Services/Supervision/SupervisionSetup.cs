namespace Rondo.Services.Supervision;

/// <summary>What is supervised, and how it is started.</summary>
/// <param name="Services">By name.</param>
/// <param name="HandedOn">What the command line says to each of them.</param>
/// <param name="IsJson">Whether logs are in JSON.</param>
internal sealed record SupervisionSetup(IReadOnlyList<string> Services, IReadOnlyList<string> HandedOn, bool IsJson);
