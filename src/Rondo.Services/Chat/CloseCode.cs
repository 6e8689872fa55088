namespace Rondo.Services.Chat;

/// <summary>Why a WebSocket of the chat was closed; the first are those of RFC 6455 section 7.4.1.</summary>
internal static class CloseCode
{
    public const int GoingAway = 1001;
    public const int OurFault = 1011;
    public const int BadFrame = 4400;
    public const int Unauthorised = 4401;
    public const int Banned = 4403;
    public const int TooSlow = 4408;
    public const int NameTaken = 4409;
    public const int TooFast = 4429;
}
