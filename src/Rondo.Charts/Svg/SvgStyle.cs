using System.Globalization;
using System.Text;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Svg;

/// <summary>The style sheets of pictures: a class to fill and one to draw with for every role.</summary>
internal static class SvgStyle
{
    public const string Font = "system-ui,-apple-system,\"Segoe UI\",Inter,Roboto,\"DejaVu Sans\",sans-serif";

    private static readonly ColorRole[] Roles = Enum.GetValues<ColorRole>();

    /// <summary>The class that fills with a role.</summary>
    public static string Fill(ColorRole role) => "f-" + Palette.Name(role);

    /// <summary>The class that draws lines with a role.</summary>
    public static string Stroke(ColorRole role) => "s-" + Palette.Name(role);

    /// <summary>The variables of a palette, as declarations.</summary>
    public static string Variables(bool isDark) =>
        string.Concat(Roles.Select(r => $"--{Palette.Name(r)}:{Palette.Color(r, isDark).Hex};"));

    /// <summary>
    /// The rules for every picture in a page that sets the variables. A page without this sheet shows black shapes.
    /// </summary>
    public static string Rules { get; } = Shared(".chart ") + string.Concat(
        Roles.Select(r => $".{Fill(r)}{{fill:var(--{Palette.Name(r)})}}"
            + $".{Stroke(r)}{{stroke:var(--{Palette.Name(r)})}}"));

    /// <summary>
    /// The sheet of a picture that stands alone: colours written out, as not every viewer knows variables.
    /// </summary>
    public static string Alone(IEnumerable<ColorRole> roles)
    {
        var used = roles.Distinct().Order().ToList();
        var sheet = new StringBuilder(Shared(""));
        Append(sheet, used, isDark: false);
        sheet.Append("@media (prefers-color-scheme:dark){");
        Append(sheet, used, isDark: true);
        return sheet.Append('}').ToString();
    }

    private static void Append(StringBuilder sheet, IEnumerable<ColorRole> roles, bool isDark)
    {
        foreach (var role in roles)
        {
            var color = Palette.Color(role, isDark).Hex;
            sheet.Append(
                CultureInfo.InvariantCulture, $".{Fill(role)}{{fill:{color}}}.{Stroke(role)}{{stroke:{color}}}");
        }
    }

    private static string Shared(string scope) =>
        $"{scope}text{{font-family:{Font};font-variant-numeric:tabular-nums}}{scope}.b{{font-weight:600}}"
        + $"{scope}.n{{font-weight:400}}{scope}.l{{fill:none;stroke-linejoin:round;stroke-linecap:round}}"
        + $"{scope}.h{{paint-order:stroke;stroke-width:4;stroke-linejoin:round}}";
}
