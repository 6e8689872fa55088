namespace Rondo.Cli.Tests;

public sealed class WeatherTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-cli-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Weather_WithoutSettings_IsTheLabelledFixture()
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(_data, "weather");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("Munich, Germany\n", output, StringComparison.Ordinal);
        Assert.Contains("fixture: invented, not the weather", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }

    [Fact]
    public async Task Weather_OneLine_PrintsItAndItsOrigin()
    {
        var (exitCode, output, _) = await RondoProcess.RunAsync(_data, "weather", "Munich", "--format", "%l: %t");

        Assert.Equal((0, "Munich: +10°C\nfixture, fixture: invented, not the weather, 0 min old\n"), (exitCode, output));
    }

    [Fact]
    public async Task Weather_SettingsOfTheFolder_AreUsed()
    {
        var station = Path.Combine(_data, "weather.json");
        var now = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(
            station,
            $$"""
            {"places":[{"latitude":-34.6,"longitude":-58.45,"observed_at":"{{now}}","now":{"temperature":21.04} }]}
            """,
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_data, "appsettings.json"),
            $$"""{"Weather":{"Place":"Buenos Aires","File":"{{station}}"} }""", TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await RondoProcess.RunAsync(
            _data, "weather", "--offline", "--json", "--units", "imperial");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("\"temperature\":69.9", output, StringComparison.Ordinal);
        Assert.Contains("\"partial\":true,\"missing\":[\"today\",\"tomorrow\"]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "Berlin")]
    [InlineData(1, "Atlantis")]
    [InlineData(2, "91,0")]
    [InlineData(2, "--format", "xml")]
    [InlineData(2, "--days", "8")]
    [InlineData(2, "--units", "kelvin")]
    public async Task Weather_Impossible_SaysWhyOnStandardError(int expected, params string[] arguments)
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(_data, ["weather", .. arguments]);

        Assert.Equal((expected, ""), (exitCode, output));
        Assert.StartsWith("rondo: ", error, StringComparison.Ordinal);
    }
}
