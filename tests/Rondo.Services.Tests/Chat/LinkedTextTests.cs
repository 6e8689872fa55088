using System.Text.RegularExpressions;
using Rondo.Services.Chat;

namespace Rondo.Services.Tests.Chat;

public sealed partial class LinkedTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("http://", "http://")]
    [InlineData("see http://a.example/b?c=d#e", "see [http://a.example/b?c=d#e]")]
    [InlineData("HTTPS://A.example", "[HTTPS://A.example]")]
    [InlineData("(https://a.example/b).", "([https://a.example/b]).")]
    [InlineData("https://a.example, http://b.example!", "[https://a.example], [http://b.example]!")]
    [InlineData("xhttp://a.example", "xhttp://a.example")]
    [InlineData("ftp://a.example javascript://a.example", "ftp://a.example javascript://a.example")]
    [InlineData("http://...", "http://...")]
    [InlineData("http://a\u202Eb", "[http://a]\u202Eb")]
    [InlineData("://http://a", "://[http://a]")]
    [InlineData("http://http://a", "[http://http://a]")]
    public void Of_Text_LinksAddressesAlone(string text, string expected)
    {
        var html = LinkedText.Of(text).ToString();

        Assert.Equal(expected, Link().Replace(html, "[$1]"));
    }

    [Theory]
    [InlineData("http://a\"onmouseover=alert(1)")]
    [InlineData("http://a'onmouseover=alert(1)")]
    [InlineData("http://a><script>alert(1)</script>")]
    [InlineData("http://a&quot;onmouseover=alert(1)")]
    [InlineData("http://a\tjavascript:alert(1)")]
    public void Of_HostileAddress_StaysInsideItsAttribute(string text)
    {
        var html = LinkedText.Of(text).ToString();

        Assert.Equal(4, html.Count(c => c == '"'));
        Assert.Equal(2, html.Count(c => c == '<'));
        Assert.Equal(2, html.Count(c => c == '>'));
    }

    [GeneratedRegex("<a href=\"([^\"]*)\" rel=\"noopener nofollow ugc\">\\1</a>")]
    private static partial Regex Link();
}
