namespace Rondo.Services.Hosting.Pages;

/// <summary>What surrounds the content of one page.</summary>
internal sealed record PageFrame
{
    public static readonly PageFrame Usual = new();

    /// <summary>The language of the content; the bar speaks it, too.</summary>
    public PageLanguage Language { get; init; }

    /// <summary>Whether the page has the bar that leads to the others.</summary>
    public bool HasBar { get; init; } = true;

    /// <summary>Classes of the body.</summary>
    public string Classes { get; init; } = "";
}
