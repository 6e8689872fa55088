using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;

namespace Rondo.Lab.Reports;

/// <summary>A chart of a result.</summary>
/// <param name="Name">What its file is called, without an ending; letters, digits and hyphens.</param>
/// <param name="Size">The size that it has on a page.</param>
/// <param name="Draw">Draws it in any size.</param>
internal sealed record LabChart(string Name, ChartSize Size, Func<ChartSize, Scene> Draw);
