using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Rondo.Services.Hosting.Pages;

/// <summary>
/// A piece of a page. Written as an interpolated string, in which every value is escaped unless it is
/// <see cref="Html"/> itself: text becomes markup nowhere else.
/// </summary>
internal readonly struct Html
{
    private readonly string? _text;

    private Html(string text) => _text = text;

    public static Html Of(Writer writer) => new(writer.Text);

    /// <summary>What a writer of ours has made as markup, with everything that was put into it escaped there.</summary>
    public static Html Trusted(string markup) => new(markup);

    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces));

    public override string ToString() => _text ?? "";

    [InterpolatedStringHandler]
    internal readonly ref struct Writer(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

        public string Text => _text.ToString();

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(Html html) => _text.Append(html._text);

        public void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(text));

        public void AppendFormatted(long number) => _text.Append(number);
    }
}
