using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

public sealed class FieldTextTests
{
    [Fact]
    public void EveryCharacter_IsJudgedByItsGrammar()
    {
        for (var code = 0; code < 0x300; code++)
        {
            var text = $"a{(char)code}b";
            var isAlnum = char.IsAsciiLetterOrDigit((char)code);
            var isText = code is > ' ' and < 0x7f;
            Assert.Equal(isAlnum || (isText && "!#$%&'*+-.^_`|~".Contains((char)code)), FieldText.IsToken(text));
            Assert.Equal(code == '\t' || (code is >= ' ' and <= 0xff and not 0x7f), FieldText.IsValue(text));
            Assert.Equal(
                isAlnum || (isText && "-._~!$&'()*+,;=:@/?".Contains((char)code)), FieldText.IsTarget("/" + text));
            Assert.Equal(isAlnum || (isText && "-._~!$&'()*+,;=:[]%".Contains((char)code)), FieldText.IsHost(text));
        }
    }

    [Fact]
    public void EveryByte_IsJudgedLikeItsCharacter()
    {
        for (var code = 0; code <= 0xff; code++)
        {
            Assert.Equal(FieldText.IsToken([(char)code]), FieldText.IsToken([(byte)code]));
            Assert.Equal(FieldText.IsValue([(char)code]), FieldText.IsValue([(byte)code]));
        }
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("/", true)]
    [InlineData("/a?b=/?:@", true)]
    [InlineData("/%2f%FF", true)]
    [InlineData("", false)]
    [InlineData("a", false)]
    [InlineData("?a", false)]
    [InlineData("http://a/", false)]
    [InlineData("/%", false)]
    [InlineData("/%2", false)]
    [InlineData("/%2g", false)]
    [InlineData("/a%20b%", false)]
    [InlineData("/a b", false)]
    [InlineData("/a\\b", false)]
    [InlineData("/a#b", false)]
    [InlineData("/\u00e9", false)]
    public void Target_IsOriginFormOfRfc3986(string text, bool isOne) => Assert.Equal(isOne, FieldText.IsTarget(text));

    [Fact]
    public void EmptyTexts_AreValuesAlone()
    {
        Assert.False(FieldText.IsToken(""));
        Assert.False(FieldText.IsHost(""));
        Assert.True(FieldText.IsValue(""));
    }

    [Theory]
    [InlineData("GET /", "/", "a", "X", "1")]
    [InlineData("GET", "/ HTTP/1.1", "a", "X", "1")]
    [InlineData("GET", "/", "a\r\nX: 1", "X", "1")]
    [InlineData("GET", "/", "a", "X: 1\r\nY", "1")]
    [InlineData("GET", "/", "a", "X", "1\nY: 2")]
    [InlineData("GET", "/", "a", "X", "\u0100")]
    public void Request_WithAPartThatBreaksTheMessage_IsRefused(
        string method, string target, string host, string name, string value)
    {
        var request = new ForwardRequest
        {
            Upstream = new Uri("http://a"),
            Method = method,
            Target = target,
            Host = host,
            Limits = ForwardLimits.Default,
            Headers = { new(name, new([value])) },
        };

        Assert.Throws<ArgumentException>(() => FieldText.Check(request));
    }
}
