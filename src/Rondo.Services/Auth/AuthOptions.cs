using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>Section <c>Auth</c> of the configuration.</summary>
internal sealed class AuthOptions : ICheckedOptions
{
    public const string Section = "Auth";

    private static readonly AddressList ThisMachine = AddressList.Parse(["127.0.0.0/8", "::1"]).List!;

    /// <summary>Wrong keys a minute from one address, all at once if need be. Default 30, 1 to 100,000.</summary>
    public int AttemptsPerAddress { get; set; } = 30;

    /// <summary>Wrong keys a minute with one prefix, from anywhere. Default 10, 1 to 100,000.</summary>
    public int AttemptsPerPrefix { get; set; } = 10;

    /// <summary>Whether a key may stand in the address of a request, as <c>?key=</c>. Default no.</summary>
    public bool QueryKeys { get; set; }

    /// <summary>Whether the demo answers at <c>/workshop/auth</c>, as the talks' server did. Default yes.</summary>
    public bool Workshop { get; set; } = true;

    /// <summary>How long a browser stays signed in. Default 7 days, a minute to 90 days.</summary>
    public TimeSpan SessionTime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Proxies whose word about the original request counts, in CIDR notation. Default this machine.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>What other proxies' requests need; the first that fits decides, none refuses.</summary>
    public ForwardRule[] Rules { get; set; } = [];

    /// <summary>Whose word about others' requests counts.</summary>
    public AddressList Trusted() =>
        TrustedProxies.Length == 0 ? ThisMachine : AddressList.Parse(TrustedProxies).List!;

    public IEnumerable<string> Check()
    {
        foreach (var (name, value) in new[]
        {
            (nameof(AttemptsPerAddress), AttemptsPerAddress), (nameof(AttemptsPerPrefix), AttemptsPerPrefix),
        })
        {
            if (value is < 1 or > 100_000)
            {
                yield return FormattableString.Invariant($"{name} {value} is not between 1 and 100000.");
            }
        }

        if (SessionTime < TimeSpan.FromMinutes(1) || SessionTime > TimeSpan.FromDays(90))
        {
            yield return $"SessionTime {SessionTime} is not between 00:01:00 and 90.00:00:00.";
        }

        if (AddressList.Parse(TrustedProxies).Mistake is { } proxies)
        {
            yield return $"TrustedProxies: {proxies}";
        }

        for (var i = 0; i < Rules.Length; i++)
        {
            if (Rules[i].Mistake() is { } mistake)
            {
                yield return $"Rules:{i}: {mistake}";
            }
        }
    }
}
