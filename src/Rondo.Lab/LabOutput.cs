namespace Rondo.Lab;

/// <summary>Where the results of an experiment go, besides the terminal.</summary>
internal sealed record LabOutput
{
    /// <summary>The result as JSON; <c>-</c> prints it instead of the report.</summary>
    public string? Json { get; init; }

    /// <summary>A row per cell.</summary>
    public string? Csv { get; init; }

    /// <summary>A folder for HdrHistogram's logs, one of each cell.</summary>
    public string? Hdr { get; init; }

    /// <summary>The result as a page, which holds the JSON, too.</summary>
    public string? Report { get; init; }

    /// <summary>A folder for every chart as SVG.</summary>
    public string? Svg { get; init; }

    /// <summary>A folder for every chart as PNG.</summary>
    public string? Png { get; init; }

    /// <summary>How wide the plots of the terminal may be, in characters.</summary>
    public int Columns { get; init; } = 100;

    /// <summary>Whether the plots of the terminal are of nothing beyond ASCII.</summary>
    public bool IsAscii { get; init; }

    /// <summary>Whether the plots of the terminal may be coloured.</summary>
    public bool HasColor { get; init; }

    /// <summary>A stored result, which is reported instead of making an experiment.</summary>
    public string? From { get; init; }

    /// <summary>A file with limits that must hold, else exit 3.</summary>
    public string? Expect { get; init; }
}
