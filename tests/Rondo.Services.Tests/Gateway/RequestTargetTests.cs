using Rondo.Services.Gateway;

namespace Rondo.Services.Tests.Gateway;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/a/b?c=d", "/a/b?c=d")]
    [InlineData("/", "/")]
    [InlineData("/a//", null)]
    [InlineData("//a", null)]
    [InlineData("/a/./b", null)]
    [InlineData("/a/../b", null)]
    [InlineData("/a/..", null)]
    [InlineData("/a/%2e%2E/b", null)]
    [InlineData("/a/.%2e", null)]
    [InlineData("/a/..;x=1/b", null)]
    [InlineData("/a/.b/..c/d..", "/a/.b/..c/d..")]
    [InlineData("/a\\b", null)]
    [InlineData("/a%00", null)]
    [InlineData("/a%0d%0aX-Evil:1", null)]
    [InlineData("/a%7F", null)]
    [InlineData("/%C0%AE%C0%AE/b", null)]
    [InlineData("/a%", null)]
    [InlineData("/a%4", null)]
    [InlineData("/a%zz", null)]
    [InlineData("/a b", null)]
    [InlineData("/a\r\nX-Evil: 1", null)]
    [InlineData("/\u00e9", null)]
    [InlineData("/a#b", null)]
    [InlineData("/a|b", null)]
    [InlineData("/%61%7e%2D", "/a~-")]
    [InlineData("/b%c3%bcro", "/b%C3%BCro")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/a;b=c/d", "/a;b=c/d")]
    [InlineData("/50%25", "/50%25")]
    [InlineData("/a?x=%00%0a", "/a?x=%00%0a")]
    [InlineData("/a?x=%2e%61", "/a?x=%2e%61")]
    [InlineData("/a?filter[name]={x|y}", "/a?filter%5Bname%5D=%7Bx%7Cy%7D")]
    [InlineData("/a?x=100%", null)]
    [InlineData("/a?x=\u00e9", null)]
    [InlineData("/a?x=#b", null)]
    [InlineData("/a?b?c/../d//e", "/a?b?c/../d//e")]
    [InlineData("http://host/a?b", "/a?b")]
    [InlineData("HTTPS://host:1", "/")]
    [InlineData("http://host?b", "/?b")]
    [InlineData("ftp://host/a", null)]
    [InlineData("a/b", null)]
    [InlineData("", null)]
    public void Target_Judged_IsRefusedOrSentAsOneString(string raw, string? expected)
    {
        var fault = RequestTarget.Judge(raw, out var target);

        Assert.Equal(expected, fault is TargetFault.None ? target.Text : null);
    }

    [Theory]
    [InlineData("/a%2Fb", true)]
    [InlineData("/a%2fb", true)]
    [InlineData("/a%5Cb", true)]
    [InlineData("/a%3Bb", true)]
    [InlineData("/a%3F", true)]
    [InlineData("/a%23", true)]
    [InlineData("/a%252Fb", true)]
    [InlineData("/a%2541", true)]
    [InlineData("/100%25", false)]
    [InlineData("/100%25of", false)]
    [InlineData("/a%20b", false)]
    [InlineData("/a?b=%2F", false)]
    public void Target_EscapedDelimiter_IsSeen(string raw, bool expected)
    {
        Assert.Equal(TargetFault.None, RequestTarget.Judge(raw, out var target));

        Assert.Equal(expected, target.HasEncodedDelimiter);
    }

    [Fact]
    public void Target_JudgedAgain_IsTheSame()
    {
        var random = new Random(4711);
        const string alphabet = "/./..%2eF5Cc3b?a;~=&[%";
        for (var i = 0; i < 20_000; i++)
        {
            var raw = "/" + string.Concat(
                Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            if (RequestTarget.Judge(raw, out var once) is TargetFault.None)
            {
                Assert.Equal(TargetFault.None, RequestTarget.Judge(once.Text, out var twice));
                Assert.Equal((once.Text, once.PathLength), (twice.Text, twice.PathLength));

                // What a server that decodes once and folds dots would serve is what was judged.
                Assert.DoesNotContain("/../", Uri.UnescapeDataString(once.Path.ToString()) + "/");
            }
        }
    }

    [Fact]
    public void Parameters_TakenOut_LeaveTheOthersAsTheyWere()
    {
        _ = RequestTarget.Judge("/a?x=%2B&KEY=1&%6bey=2&key&y=a+b", out var target);

        var rest = target.Without((name, _) => name.Equals("key", StringComparison.OrdinalIgnoreCase));

        Assert.Equal("/a?x=%2B&y=a+b", rest.Text);
        Assert.Equal("/a", rest.Path.ToString());
    }
}
