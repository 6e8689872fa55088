using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>What one page of the board is made of.</summary>
/// <param name="Edition">What is shown.</param>
/// <param name="Texts">In which language.</param>
/// <param name="Cursor">Where the stream goes on.</param>
internal sealed record BoardView(BoardEdition Edition, PageTexts Texts, string Cursor)
{
    /// <summary>Whether it hangs on a wall: large, and nothing to press.</summary>
    public bool IsKiosk { get; init; }

    /// <summary>Whether a reader without scripts has asked for it to refresh itself.</summary>
    public bool IsRefreshing { get; init; }

    /// <summary>Whether the reader may change the board.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>Where a telephone finds this board; null when none can.</summary>
    public string? Address { get; init; }

    /// <summary>The form that converts, with its answer.</summary>
    public Html Converter { get; init; }
}
