using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>What the page of first steps shows.</summary>
/// <param name="Facts">What there is already.</param>
/// <param name="Texts">In which language.</param>
/// <param name="Kinds">What a room can be for.</param>
internal sealed record SetupView(BoardFacts Facts, PageTexts Texts, IReadOnlyList<string> Kinds)
{
    /// <summary>What was wrong with what was sent; null for nothing.</summary>
    public string? Refusal { get; init; }

    /// <summary>What was typed, so that nobody has to type it again.</summary>
    public string? Typed { get; init; }

    /// <summary>A way to measure that was just made.</summary>
    public BoardTicket? Ticket { get; init; }

    /// <summary>Where a phone reaches this server; null when none can.</summary>
    public string? Address { get; init; }
}

/// <summary>A way for one device to begin to measure in a room.</summary>
/// <param name="RoomName">Which room.</param>
/// <param name="Path">Of the page that measures, with the ticket in its fragment.</param>
/// <param name="Expires">Until when it can be used.</param>
internal sealed record BoardTicket(string RoomName, string Path, DateTimeOffset Expires);
