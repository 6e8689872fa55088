namespace Rondo.Services.Hosting.Pages;

/// <summary>An entry of the bar on top of every page; a service that has pages registers one.</summary>
internal sealed record PageLink(string Path, string Name);
