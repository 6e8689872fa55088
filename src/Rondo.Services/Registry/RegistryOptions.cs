using Rondo.Services.Hosting;

namespace Rondo.Services.Registry;

/// <summary>Section <c>Registry</c> of the configuration.</summary>
internal sealed class RegistryOptions : ICheckedOptions
{
    public const string Section = "Registry";

    /// <summary>Instances at a time. Default 10,000, 1 to 10,000.</summary>
    public int Instances { get; set; } = 10_000;

    /// <summary>
    /// Whether instances are kept, with a warning, when more than half of them would expire at once. Default yes.
    /// </summary>
    public bool SelfPreservation { get; set; } = true;

    /// <summary>Terms after which an expired instance is removed. Default 10, 1 to 1,000.</summary>
    public int RemoveAfterTerms { get; set; } = 10;

    /// <summary>Changes that are kept for watchers who come back. Default 10,000, 100 to 1,000,000.</summary>
    public int KeepEvents { get; set; } = 10_000;

    /// <summary>Active checks at a time. Default 64, 1 to 1,000.</summary>
    public int ChecksAtOnce { get; set; } = 64;

    /// <summary>
    /// Changes a second of one instance over time. Default 5, 0.1 to 10,000; four seconds' worth at once.
    /// </summary>
    public double ChangesPerSecond { get; set; } = 5;

    public IEnumerable<string> Check()
    {
        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Instances), Instances, 1, 10_000),
            (nameof(RemoveAfterTerms), RemoveAfterTerms, 1, 1000),
            (nameof(KeepEvents), KeepEvents, 100, 1_000_000),
            (nameof(ChecksAtOnce), ChecksAtOnce, 1, 1000),
        })
        {
            if (value < least || value > most)
            {
                yield return FormattableString.Invariant($"{name} {value} is not between {least} and {most}.");
            }
        }

        if (!(ChangesPerSecond is >= 0.1 and <= 10_000))
        {
            yield return FormattableString.Invariant(
                $"{nameof(ChangesPerSecond)} {ChangesPerSecond} is not between 0.1 and 10000.");
        }
    }
}
