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

    /// <summary>A stored result, which is reported instead of making an experiment.</summary>
    public string? From { get; init; }

    /// <summary>A file with limits that must hold, else exit 3.</summary>
    public string? Expect { get; init; }
}
