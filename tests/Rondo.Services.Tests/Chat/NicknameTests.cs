using Rondo.Services.Chat;

namespace Rondo.Services.Tests.Chat;

public sealed class NicknameTests
{
    [Theory]
    [InlineData("Ann")]
    [InlineData("Zoë")]
    [InlineData("Ольга")]
    [InlineData("Δημήτρης")]
    [InlineData("山田 太郎")]
    [InlineData("أحمد")]
    [InlineData("R2-D2")]
    [InlineData("🦊 fox")]
    [InlineData("12345678901234567890123456789012")]
    public void Check_NamesThatPeopleHave_AreTaken(string name) =>
        Assert.Null(Nickname.Check(name, ChatRole.Guest));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" Ann")]
    [InlineData("A  nn")]
    [InlineData("...")]
    [InlineData("a\u200Bnn")]
    [InlineData("a\u00ADnn")]
    [InlineData("\u202Ennа")]
    [InlineData("a\nnn")]
    [InlineData("a\u001B[31m")]
    [InlineData("\u3164")]
    [InlineData("123456789012345678901234567890123")]
    [InlineData("admin")]
    [InlineData("ADMIN")]
    [InlineData("Аdmin")]
    [InlineData("adm1n")]
    [InlineData("a d m i n")]
    [InlineData("ａｄｍｉｎ")]
    [InlineData("𝐚𝐝𝐦𝐢𝐧")]
    [InlineData("ádmin")]
    [InlineData("adrnin")]
    [InlineData("Systеm")]
    public void Check_NamesThatMislead_AreRefused(string name) =>
        Assert.NotNull(Nickname.Check(name, ChatRole.Mod));

    [Fact]
    public void Check_ReservedName_IsForOwners() => Assert.Null(Nickname.Check("admin", ChatRole.Owner));

    [Theory]
    [InlineData("Ann", "ANN")]
    [InlineData("Ann", "Аnn")]
    [InlineData("Ann", "Ànn")]
    [InlineData("Ann", "A\u0301nn")]
    [InlineData("Bill", "BiII")]
    [InlineData("Olga", "0lga")]
    [InlineData("modern", "modem")]
    public void Skeleton_NamesThatLookTheSame_AreTheSame(string one, string other) =>
        Assert.Equal(Nickname.Skeleton(one), Nickname.Skeleton(other));

    [Theory]
    [InlineData("Ann", "Anna")]
    [InlineData("Jan", "Ian")]
    [InlineData("guest-1a2b", "guest-3c4d")]
    public void Skeleton_NamesThatLookDifferent_AreDifferent(string one, string other) =>
        Assert.NotEqual(Nickname.Skeleton(one), Nickname.Skeleton(other));
}
