namespace Rondo.Browser.Tests.Support;

/// <summary>What somebody's browser is like; a window of 1100 by 800 by default.</summary>
internal sealed record VisitorOptions
{
    public static readonly VisitorOptions Phone = new() { Width = 400, Height = 800 };

    public int Width { get; init; } = 1100;

    public int Height { get; init; } = 800;

    public bool HasScripts { get; init; } = true;

    public bool HasReducedMotion { get; init; }

    public bool TrustsAnyCertificate { get; init; }
}
