using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>Small pictures beside texts that say the same.</summary>
internal static class BoardIcon
{
    private const string Cloud = "M7 17.5h9.8a3.7 3.7 0 0 0 .5-7.36 5.6 5.6 0 0 0-10.8.93A3.25 3.25 0 0 0 7 17.5Z";
    private const string HighCloud = "M7 14.5h9.8a3.7 3.7 0 0 0 .5-7.36 5.6 5.6 0 0 0-10.8.93A3.25 3.25 0 0 0 7 14.5Z";

    /// <summary>A form for each state: nobody needs to tell colours apart.</summary>
    public static Html State(string state) => state switch
    {
        "ok" => Shape("M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Z"),
        "goal" => Shape("M6 1.1 11.5 10.9H.5Z"),
        "loud" => Shape("M1.2 1.2h9.6v9.6H1.2Z"),
        _ => Shape("M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Zm0 1.7a3.1 3.1 0 1 0 0 6.2 3.1 3.1 0 0 0 0-6.2Z"),
    };

    /// <summary>The sky of a code of the World Meteorological Organization's table 4677.</summary>
    public static Html Sky(int? code) => code switch
    {
        0 or 1 => Lines(
            "M12 7.6a4.4 4.4 0 1 1 0 8.8 4.4 4.4 0 0 1 0-8.8ZM12 2v2.4M12 19.6V22M2 12h2.4M19.6 12H22M4.93 4.93l1.7 1.7"
                + "M17.37 17.37l1.7 1.7M4.93 19.07l1.7-1.7M17.37 6.63l1.7-1.7"),
        2 => Lines(Cloud + "M8.2 7.3a3.6 3.6 0 0 1 4-3.1M4.4 8.6 2.9 8.2M6.3 4.7 5.2 3.6M10.4 2.6l-.2-1.5"),
        3 => Lines(Cloud),
        45 or 48 => Lines("M4 8h16M6 12h14M4 16h12"),
        (>= 71 and <= 77) or 85 or 86 => Lines(HighCloud + "M8 18.2v.1M12 18.2v.1M16 18.2v.1M10 21v.1M14 21v.1"),
        >= 95 => Lines(HighCloud + "M12.6 16.5 10.4 19.4h3l-2 2.9"),
        null => default,
        _ => Lines(HighCloud + "M8.6 17.6l-1 3M12.6 17.6l-1 3M16.6 17.6l-1 3"),
    };

    private static Html Shape(string path) => Html.Of(
        $"<svg class=\"shape\" viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>");

    private static Html Lines(string path) => Html.Of(
        $"<svg class=\"sky\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>");
}
