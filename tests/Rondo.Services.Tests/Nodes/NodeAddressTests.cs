using Rondo.Services.Hosting;
using Rondo.Services.Nodes;

namespace Rondo.Services.Tests.Nodes;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("http://10.0.0.5:8080", "http://10.0.0.5:8080")]
    [InlineData("http://[::]:8080;https://10.0.0.5:8443", "https://10.0.0.5:8443")]
    [InlineData("http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080")]
    [InlineData("http://localhost:8080", "http://localhost:8080")]
    [InlineData("http://*:8080", "http://127.0.0.1:8080")]
    [InlineData("http://unix:/tmp/a;http://0.0.0.0:8080", "http://127.0.0.1:8080")]
    public void Address_OfWhatIsListenedOn_IsTheFirstThatNamesAHostOrThatTowardsTheDatabase(
        string listened, string expected) =>
        Assert.Equal(new Uri(expected), NodeAddress.Find(listened.Split(';'), "127.0.0.1", 5432));

    [Fact]
    public void Address_DatabaseOnASocket_IsThisHost() => Assert.Equal(
        new Uri("https://127.0.0.1:8443"), NodeAddress.Find(["https://0.0.0.0:8443"], "/tmp/socket", 5432));

    [Fact]
    public void Address_NothingListenedOn_IsRefused() =>
        Assert.Throws<StartException>(() => NodeAddress.Find(["http://unix:/tmp/a"], "127.0.0.1", 5432));

    [Theory]
    [InlineData("http://10.0.0.5:8080/path")]
    [InlineData("http://a@10.0.0.5:8080")]
    [InlineData("ftp://10.0.0.5")]
    [InlineData("10.0.0.5:8080")]
    public void Address_Written_IsNoMoreThanSchemeHostAndPort(string text) =>
        Assert.Throws<StartException>(() => NodeAddress.Parse(text));
}
