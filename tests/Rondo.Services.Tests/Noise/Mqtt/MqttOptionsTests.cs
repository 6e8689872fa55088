using Rondo.Services.Noise.Mqtt;

namespace Rondo.Services.Tests.Noise.Mqtt;

public sealed class MqttOptionsTests
{
    [Theory]
    [InlineData("mqtt://broker.local", "broker.local", 1883, false)]
    [InlineData("mqtt://10.0.0.5:11883", "10.0.0.5", 11883, false)]
    [InlineData("mqtts://broker.local", "broker.local", 8883, true)]
    [InlineData("mqtts://broker.local:443/", "broker.local", 443, true)]
    public void Broker_AsAnAddress_IsHostAndPort(string broker, string host, int port, bool hasTls)
    {
        var options = new MqttOptions { Broker = broker };

        Assert.Empty(options.Check());
        Assert.Equal((host, port), options.Address);
        Assert.Equal(hasTls, options.HasTls);
    }

    [Theory]
    [InlineData("broker.local")]
    [InlineData("http://broker.local")]
    [InlineData("mqtt://user:secret@broker.local")]
    [InlineData("mqtt://broker.local/topic")]
    [InlineData("mqtt://")]
    [InlineData("")]
    public void Broker_ThatIsNoAddress_IsRefusedWithoutBeingShown(string broker)
    {
        var mistake = Assert.Single(new MqttOptions { Broker = broker }.Check());

        Assert.StartsWith("Broker is no address", mistake);
        Assert.DoesNotContain("secret", mistake);
    }

    [Theory]
    [InlineData("a/+/b")]
    [InlineData("#")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("ä")]
    [InlineData("")]
    public void Prefix_WithWildcardsOrGaps_IsRefused(string prefix) =>
        Assert.Single(new MqttOptions { Prefix = prefix }.Check());

    [Fact]
    public void Values_OutOfRange_AreAllTold() => Assert.Equal(4, new MqttOptions
    {
        Interval = TimeSpan.FromMilliseconds(999),
        KeepAlive = TimeSpan.FromHours(2),
        QualityOfService = 2,
        DiscoveryPrefix = "a b",
    }.Check().Count());
}
