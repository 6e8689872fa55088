using Microsoft.Extensions.Configuration;
using Rondo.Services.Hosting;
using Rondo.Services.Nodes;

namespace Rondo.Services.Tests.Nodes;

public sealed class NodeOptionsTests
{
    [Fact]
    public void Settings_None_AreTheDefaults()
    {
        var options = Read();

        Assert.Equal(
            (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(8), false, null),
            (options.Lease, options.Hold, options.ShowNode, options.Address));
        Assert.NotEmpty(options.Name);
    }

    [Fact]
    public void Settings_Given_Count()
    {
        var options = Read(
            ("Name", "n-1"), ("Address", "http://10.0.0.5:1"), ("Lease", "3s"), ("Hold", "0s"), ("ShowNode", "true"));

        Assert.Equal(
            new NodeOptions("n-1", new Uri("http://10.0.0.5:1"), TimeSpan.FromSeconds(3), TimeSpan.Zero, true),
            options);
    }

    [Fact]
    public void Address_OnTheCommandLine_CountsMore() => Assert.Equal(
        new Uri("http://10.0.0.6:1"),
        NodeOptions.Read(Configuration(("Address", "http://10.0.0.5:1")), "http://10.0.0.6:1").Address);

    [Theory]
    [InlineData("Nmae", "n1")]
    [InlineData("Name", "two words")]
    [InlineData("Name", "a;b")]
    [InlineData("Lease", "1s")]
    [InlineData("Lease", "soon")]
    [InlineData("Hold", "11m")]
    [InlineData("ShowNode", "perhaps")]
    [InlineData("Address", "somewhere")]
    public void Settings_Wrong_AreRefused(string name, string value) =>
        Assert.Throws<StartException>(() => Read((name, value)));

    private static NodeOptions Read(params (string Name, string Value)[] settings) =>
        NodeOptions.Read(Configuration(settings), null);

    private static IConfiguration Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => "Nodes:" + s.Name, s => (string?)s.Value)).Build();
}
