using System.Globalization;

namespace Rondo.Services.Hosting;

/// <summary>An age in whole seconds, as headers have it; the same text for all answers of one second.</summary>
/// <threadsafety>From any thread.</threadsafety>
internal sealed class AgeText
{
    private Tuple<long, string> _known = Tuple.Create(0L, "0");

    public string Of(TimeSpan age)
    {
        var seconds = (long)age.TotalSeconds;
        var known = Volatile.Read(ref _known);
        if (known.Item1 != seconds)
        {
            known = Tuple.Create(seconds, seconds.ToString(CultureInfo.InvariantCulture));
            Volatile.Write(ref _known, known);
        }

        return known.Item2;
    }
}
