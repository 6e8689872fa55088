using Rondo.Services.Gateway;

namespace Rondo.Services.Tests.Gateway;

public sealed class FieldValueTests
{
    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    [InlineData("a\u0001b")]
    [InlineData("a\u007fb")]
    [InlineData("b\u00fcro")]
    [InlineData("\u2028")]
    [InlineData(null)]
    public void Value_WithALineEnd_IsNoField(string? value) => Assert.Equal("", FieldValue.Checked(value));

    [Fact]
    public void Value_OfVisibleCharacters_StaysAsItIs() =>
        Assert.Equal("Mozilla/5.0 (X11;\tLinux) ~!\"", FieldValue.Checked("Mozilla/5.0 (X11;\tLinux) ~!\""));
}
