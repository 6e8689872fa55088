namespace Rondo.Services.Hosting.Pages;

/// <summary>Something that every page warns of, at its top.</summary>
internal sealed record PageBanner(string Text);
