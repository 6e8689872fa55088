using Rondo.Services.Hosting;

namespace Rondo.Services.Currency;

/// <summary>Section <c>Currency</c> of the configuration.</summary>
internal sealed class CurrencyOptions : ICheckedOptions
{
    public const string Section = "Currency";

    /// <summary>The folder of the European Central Bank's files; its three files are found below it.</summary>
    public string EcbAddress { get; set; } = "https://www.ecb.europa.eu/stats/eurofxref/";

    /// <summary>
    /// A server that answers in the shape of fixer.io, asked when the bank does not answer. None by default.
    /// </summary>
    public string? FixerAddress { get; set; }

    /// <summary>For one answer of a source, connection included. Default 20 s, 1 s to 5 min.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Spread of a refresh after the publication time, so that not all installations ask at once.
    /// Default 5 min, 0 to 1 h.
    /// </summary>
    public TimeSpan Jitter { get; set; } = TimeSpan.FromMinutes(5);

    public IEnumerable<string> Check()
    {
        if (!IsHttp(EcbAddress))
        {
            yield return $"EcbAddress '{EcbAddress}' is no http or https address.";
        }
        else if (!EcbAddress.EndsWith('/'))
        {
            yield return $"EcbAddress '{EcbAddress}' must end with '/'.";
        }

        if (FixerAddress is not null && !IsHttp(FixerAddress))
        {
            yield return "FixerAddress is no http or https address.";
        }

        if (Deadline < TimeSpan.FromSeconds(1) || Deadline > TimeSpan.FromMinutes(5))
        {
            yield return $"Deadline {Deadline} is not between 00:00:01 and 00:05:00.";
        }

        if (Jitter < TimeSpan.Zero || Jitter > TimeSpan.FromHours(1))
        {
            yield return $"Jitter {Jitter} is not between 00:00:00 and 01:00:00.";
        }
    }

    private static bool IsHttp(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
