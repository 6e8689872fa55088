using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Tests.Hosting.Pages;

public sealed class HtmlTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("\" onmouseover=\"x", "&quot; onmouseover=&quot;x")]
    [InlineData("'&", "&#39;&amp;")]
    [InlineData(null, "")]
    public void Of_Text_IsEscaped(string? text, string expected) =>
        Assert.Equal($"<p>{expected}</p>", Html.Of($"<p>{text}</p>").ToString());

    [Fact]
    public void Of_HalfACharacter_BecomesTheReplacementCharacter() =>
        Assert.Equal("<p>\ufffd</p>", Html.Of($"<p>{"\ud800"}</p>").ToString());

    [Fact]
    public void Of_Html_IsPutInAsItIs()
    {
        var inner = Html.Of($"<b>{"<"}</b>");

        Assert.Equal("<p><b>&lt;</b> 3 </p>", Html.Of($"<p>{inner} {3} {default(Html)}</p>").ToString());
        Assert.Equal("<b>&lt;</b><b>&lt;</b>", Html.Join([inner, inner]).ToString());
    }
}
