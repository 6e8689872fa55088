namespace Rondo.Cli.Tests;

public sealed class ConvertTests : IDisposable
{
    private const string Rates = "Date,USD,GBP\n2026-11-20,1.22,0.884\n2026-11-19,1.20,0.880\n";

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-cli-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("122 USD\n", "USD", "100")]
    [InlineData("88.4 GBP\n", "gbp", "100")]
    [InlineData("6.19 GBP\n", "GBP", "7")]
    [InlineData("6.188 GBP\n", "GBP", "7", "--rounding", "none")]
    [InlineData("120 USD\n", "USD", "100", "--date", "2026-11-19")]
    [InlineData("138.01 USD\n", "USD", "100", "--from", "GBP")]
    [InlineData("122 USD\n1 EUR = 1.22 USD, file of 2026-11-20\n", "USD", "100", "--verbose", "--date", "2026-11-20")]
    public async Task Convert_RatesFile_PrintsAmountThenCode(string expected, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(arguments);

        Assert.Equal((0, expected, ""), (exitCode, output, error));
    }

    [Fact]
    public async Task Convert_Json_PrintsOneObject()
    {
        var (exitCode, output, _) = await RunAsync("USD", "100", "--json", "--date", "2026-11-20");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            """{"from":"EUR","to":"USD","amount":"100","result":"122.00","rate":"1.22","rate_date":"2026-11-20","requested_date":"2026-11-20","source":"file","stale":false,"next_update":null}""" + "\n",
            output);
    }

    [Theory]
    [InlineData(1, "XXX", "5")]
    [InlineData(1, "USD", "5", "--date", "1998-12-31")]
    [InlineData(1, "USD", "5", "--date", "9999-12-31")]
    [InlineData(1, "CHF", "5")]
    [InlineData(1, "USD", "9999999999999999")]
    [InlineData(2, "DOLLAR", "5")]
    [InlineData(2, "USD", "-5")]
    [InlineData(2, "USD", "1,5")]
    [InlineData(2, "USD", "abc")]
    [InlineData(2, "USD", "5", "--date", "2026-02-30")]
    [InlineData(2, "USD")]
    public async Task Convert_Impossible_SaysWhyOnStandardError(int expected, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(arguments);

        Assert.Equal((expected, ""), (exitCode, output));
        Assert.StartsWith("rondo: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_HistoryTwice_ChangesNothingTheSecondTime()
    {
        var file = Path.Combine(_data, "history.csv");
        await File.WriteAllTextAsync(file, Rates, TestContext.Current.CancellationToken);

        var (first, printed, _) = await RondoProcess.RunAsync(_data, "currency", "import", file);
        var (second, again, _) = await RondoProcess.RunAsync(_data, "currency", "import", file, "--json");
        var (_, converted, _) = await RondoProcess.RunAsync(_data, "convert", "USD", "100");

        Assert.Equal((0, 0), (first, second));
        Assert.StartsWith(
            "2 days, 4 rates, 2026-11-19 to 2026-11-20; 2 days new or changed",
            printed, StringComparison.Ordinal);
        Assert.Equal("""{"days":2,"rates":4,"first_date":"2026-11-19","last_date":"2026-11-20","changed":0}""" + "\n", again);
        Assert.Equal("122 USD\n", converted);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var file = Path.Combine(_data, "rates.csv");
        await File.WriteAllTextAsync(file, Rates, TestContext.Current.CancellationToken);
        return await RondoProcess.RunAsync(_data, ["convert", .. arguments, "--rates", file]);
    }
}
