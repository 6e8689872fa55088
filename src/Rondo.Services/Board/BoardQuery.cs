using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>The parameters of the board's addresses.</summary>
internal static class BoardQuery
{
    public const string Kiosk = "kiosk";
    public const string Language = "lang";
    public const string Refresh = "refresh";
    public const string After = "after";

    /// <summary>What the address asks for, else what was decided for the board, else what the reader prefers.</summary>
    public static PageLanguage LanguageOf(HttpContext context, BoardSettings settings) =>
        (context.Request.Query[Language] is [{ } tag] ? PageLanguages.Parse(tag) : null)
        ?? settings.Language
        ?? PageLanguages.Preferred(context.Request.Headers.AcceptLanguage);
}
