using Rondo.Services.Auth;

namespace Rondo.Services.Tests.Auth;

public sealed class ScopeSetTests
{
    [Theory]
    [InlineData("*", "weather:read", true)]
    [InlineData("weather:read", "weather:read", true)]
    [InlineData("weather:read", "weather:write", false)]
    [InlineData("weather:read", "weather:reader", false)]
    [InlineData("weather:*", "weather:write", true)]
    [InlineData("weather:*", "weathers:write", false)]
    [InlineData("noise:publish", "noise:publish:room-7", true)]
    [InlineData("noise:publish:room-7", "noise:publish", false)]
    [InlineData("noise:publish:room-7", "noise:publish:room-70", false)]
    [InlineData("noise:publish:*", "noise:publish:room-7", true)]
    [InlineData("* !auth:admin", "auth:admin", false)]
    [InlineData("auth:admin !auth:*", "auth:admin", false)]
    [InlineData("!chat:post:staff chat:post", "chat:post:staff", false)]
    [InlineData("!chat:post:staff chat:post", "chat:post:lobby", true)]
    [InlineData("!weather:read", "weather:read", false)]
    public void Allows_DenyWins(string scopes, string asked, bool expected) =>
        Assert.Equal(expected, Set(scopes).Allows(asked));

    [Theory]
    [InlineData("*", "*", true)]
    [InlineData("*", "auth:admin weather:read", true)]
    [InlineData("auth:admin weather:read", "weather:read", true)]
    [InlineData("auth:admin weather:read", "weather:*", false)]
    [InlineData("auth:admin", "*", false)]
    [InlineData("noise:publish", "noise:publish:room-7", true)]
    [InlineData("noise:publish:room-7", "noise:publish", false)]
    [InlineData("* !auth:admin", "*", false)]
    [InlineData("* !auth:admin", "* !auth:admin", true)]
    [InlineData("* !auth:admin", "* !auth:*", true)]
    [InlineData("* !auth:admin", "auth:*", false)]
    [InlineData("* !auth:admin", "weather:read", true)]
    [InlineData("* !chat:post:staff", "chat:post", false)]
    public void Covers_OnlyWhatIsWeaker(string parent, string child, bool expected) =>
        Assert.Equal(expected, Set(parent).Covers(Set(child)));

    [Theory]
    [InlineData("*:*")]
    [InlineData("")]
    [InlineData("weather")]
    [InlineData("../x:read")]
    [InlineData("weather:*:x")]
    [InlineData("*:read")]
    [InlineData("Weather:read")]
    [InlineData("weather:read:a:b")]
    [InlineData("weather:re ad")]
    [InlineData("!")]
    [InlineData("!!a:b")]
    [InlineData("wëather:read")]
    public void Parse_NoScope_IsRefused(string text) => Assert.Null(ScopeSet.Parse([text]).Set);

    [Fact]
    public void Parse_MoreThanAKeyHas_IsRefused()
    {
        Assert.NotNull(ScopeSet.Parse([.. Enumerable.Range(0, 100).Select(i => $"a:b{i}")]).Set);
        Assert.Null(ScopeSet.Parse([.. Enumerable.Range(0, 101).Select(i => $"a:b{i}")]).Set);
        Assert.Null(ScopeSet.Parse([]).Set);
    }

    private static ScopeSet Set(string scopes) => ScopeSet.Parse(scopes.Split(' ')).Set!;
}
