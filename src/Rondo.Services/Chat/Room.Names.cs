namespace Rondo.Services.Chat;

// Who somebody is here.
internal sealed partial class Room
{
    private const int CatchUpPage = 128;

    /// <summary>As the others see who asks.</summary>
    public Person PersonOf(Caller caller) => new(
        caller.Id,
        caller.Name ?? "guest-" + caller.Id[^4..],
        (ChatRole)Math.Max((int)caller.Role, (int)Config.Roles.GetValueOrDefault(caller.Id)));
}
