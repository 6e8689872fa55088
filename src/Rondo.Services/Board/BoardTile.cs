namespace Rondo.Services.Board;

/// <summary>What the board is made of.</summary>
internal static class BoardTile
{
    public const string Rooms = "rooms";
    public const string Weather = "weather";
    public const string Rates = "rates";
    public const string Chat = "chat";
    public const string Services = "services";
    public const string Phone = "phone";

    public static IReadOnlyList<string> Names { get; } = [Rooms, Weather, Rates, Chat, Services, Phone];
}
