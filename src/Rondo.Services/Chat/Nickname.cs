using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Rondo.Services.Chat;

/// <summary>
/// What a person can be called, and which names are the same to the eye. The table of look-alikes holds the letters of
/// Cyrillic, Greek and Armenian that pass for Latin ones, Latin letters with marks, and the mathematical, full-width
/// and circled alphabets (after Unicode TR 39, in part).
/// </summary>
internal static class Nickname
{
    public const int Longest = 32;

    // Pairs: a look-alike, then what it looks like, in lower case.
    private const string Pairs =
        "аaбbвbгrдdеeёeзzиuйuкkлnмmнhоoпnрpсcтtуyфoхxцuчyшwщwъbыbьbэeюoяrіiїiјjѕsґrєeћhќkўyџuԁdԛqԝwһhӏl"
        + "αaβbγyδdεeζzηnθoιiκkλnμuνvξeοoπnρpςcσoτtυuφoχxψyωwάaέeήnίiόoύuώw"
        + "աwհhոnսuօoցgքpզqկyյjլl"
        + "àaáaâaãaäaåaāaăaąaæaçcćcĉcċcčcďdđdèeéeêeëeēeĕeėeęeěeĝgğgġgģgĥhħhìiíiîiïiĩiīiĭiįiıiĵjķkĺlļlľlŀlłlñnńnņnňn"
        + "òoóoôoõoöoøoōoŏoőoœoŕrŗrřrśsŝsşsšsßbţtťtŧtùuúuûuüuũuūuŭuůuűuųuŵwýyÿyŷyźzżzžzɑaɡgɩiɪiʀrʏyƖl"
        + "0o1l5s|l$s@ail";

    private static readonly FrozenDictionary<int, char> Alike = Enumerable.Range(0, Pairs.Length / 2)
        .DistinctBy(i => Pairs[2 * i])
        .ToFrozenDictionary(i => (int)Pairs[2 * i], i => Pairs[(2 * i) + 1]);

    private static readonly FrozenSet<string> Reserved = new[]
    {
        "admin", "administrator", "mod", "moderator", "owner", "root", "system", "server", "rondo", "bot", "support",
        "everyone", "here", "all",
    }.Select(Skeleton).ToFrozenSet();

    /// <summary>Why nobody can be called so; null when one can.</summary>
    public static ChatRefusal? Check(string name, ChatRole role)
    {
        if (!MessageText.IsWellFormed(name) || name.EnumerateRunes().Any(IsRefused))
        {
            return Refuse("A name has nothing in it that is not seen, but for single blanks.");
        }

        var (length, skeleton) = (new StringInfo(name).LengthInTextElements, Skeleton(name));
        return name != name.Trim() || name.Contains("  ", StringComparison.Ordinal) || skeleton.Length == 0
            ? Refuse("A name begins and ends with something to be seen.")
            : length > Longest || name.Length > 4 * Longest || MessageText.Check(name) is not null
                ? Refuse($"A name has at most {Longest} characters.")
                : Reserved.Contains(skeleton) && role < ChatRole.Owner
                    ? Refuse($"'{name}' looks like a name that is reserved.")
                    : null;
    }

    /// <summary>The same text for all names that look the same.</summary>
    public static string Skeleton(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var plain = Rune.ToLowerInvariant(Plain(rune));
            if (Alike.TryGetValue(plain.Value, out var alike))
            {
                skeleton.Append(alike);
            }
            else if (Rune.IsLetterOrDigit(plain) || Rune.GetUnicodeCategory(plain) is UnicodeCategory.OtherSymbol)
            {
                skeleton.Append(plain.ToString());
            }
        }

        // Two letters that pass for one.
        return skeleton.Replace("rn", "m").Replace("vv", "w").ToString();
    }

    // The alphabets that are there only for their looks.
    private static Rune Plain(Rune rune) => rune.Value switch
    {
        >= 0xFF01 and <= 0xFF5E => new Rune(rune.Value - 0xFEE0),
        >= 0x24B6 and <= 0x24CF => new Rune('a' + rune.Value - 0x24B6),
        >= 0x24D0 and <= 0x24E9 => new Rune('a' + rune.Value - 0x24D0),
        >= 0x1D400 and <= 0x1D6A3 => new Rune('a' + ((rune.Value - 0x1D400) % 26)),
        >= 0x1D7CE and <= 0x1D7FF => new Rune('0' + ((rune.Value - 0x1D7CE) % 10)),
        >= 0x1F130 and <= 0x1F149 => new Rune('a' + rune.Value - 0x1F130),
        >= 0x1F150 and <= 0x1F169 => new Rune('a' + rune.Value - 0x1F150),
        >= 0x1F170 and <= 0x1F189 => new Rune('a' + rune.Value - 0x1F170),
        _ => rune,
    };

    private static bool IsRefused(Rune rune) => rune.Value != ' '
        && MessageText.IsBlank(rune, Rune.GetUnicodeCategory(rune))
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    private static ChatRefusal Refuse(string detail) => new(ChatProblems.UnusableName, detail);
}
