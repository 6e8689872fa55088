using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting;

public sealed class LiveOptionsTests
{
    private const string Ten = """{"Currency":{"Deadline":"00:00:10"}}""";

    [Fact]
    public async Task Settings_FileChanges_AreInForceWithoutARestart()
    {
        using var logs = new LogCapture();
        await using var server = await TestServer.StartAsync(settings: Ten, logs: logs);
        var options = server.Services.GetRequiredService<LiveOptions<CurrencyOptions>>();

        Assert.Equal(TimeSpan.FromSeconds(10), options.Current.Deadline);
        Write(server.DataFolder, """{"Currency":{"Deadline":"00:00:11","Jitter":"00:00:00"}}""");
        await logs.WaitForAsync("the new settings of Currency are in force");

        Assert.Equal(TimeSpan.FromSeconds(11), options.Current.Deadline);
        Assert.Equal(TimeSpan.Zero, options.Current.Jitter);
    }

    [Theory]
    [InlineData("{\"Currency\":{\"Deadline\":", "appsettings.json")]
    [InlineData("[]", "appsettings.json")]
    [InlineData("{\"Currency\":{\"Jitter\":\"00:00:01\"},\"currency\":{\"jitter\":\"00:00:02\"}}", "appsettings.json")]
    [InlineData("{\"Currency\":{\"Deadline\":\"10:00:00\"}}", "Deadline")]
    [InlineData("{\"Currency\":{\"Deadline\":\"soon\"}}", "Deadline")]
    [InlineData("{\"Currency\":{\"Dedline\":\"00:00:05\"}}", "Dedline")]
    public async Task Settings_FileBecomesUnusable_TheLastGoodStayAndTheReasonIsLogged(string settings, string named)
    {
        using var logs = new LogCapture();
        await using var server = await TestServer.StartAsync(settings: Ten, logs: logs);
        var options = server.Services.GetRequiredService<LiveOptions<CurrencyOptions>>();

        Write(server.DataFolder, settings);
        var line = await logs.WaitForAsync("the last good settings stay in force");

        Assert.StartsWith("Error", line);
        Assert.Contains(named, line);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Current.Deadline);
        Write(server.DataFolder, """{"Currency":{"Deadline":"00:00:12"}}""");
        await logs.WaitForAsync("the new settings of Currency are in force");
        Assert.Equal(TimeSpan.FromSeconds(12), options.Current.Deadline);
    }

    [Fact]
    public async Task Settings_FileMendedWhileTheBrokenOneIsTakenIn_NeverFallBackToTheDefaults()
    {
        using var folder = new TestFolder();
        folder.Write("appsettings.json", Ten);
        using var file = new SettingsFile(folder.Path);
        var builder = new ConfigurationBuilder();
        file.AddTo(builder);
        var configuration = builder.Build();
        using var settings = (IDisposable)configuration;
        using var options = new LiveOptions<CurrencyOptions>(
            configuration, CurrencyOptions.Section, file, NullLogger<LiveOptions<CurrencyOptions>>.Instance);
        var seen = new ConcurrentQueue<TimeSpan>();
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        options.Changed += () =>
        {
            seen.Enqueue(options.Current.Deadline);
            changed.TrySetResult();
        };

        // Who asked last is told first: the file is good again before the options look at the broken settings.
        var isMended = false;
        using var mending = ChangeToken.OnChange(configuration.GetReloadToken, () =>
        {
            if (!isMended)
            {
                isMended = true;
                Write(folder.Path, """{"Currency":{"Deadline":"00:00:12"}}""");
            }
        });
        Write(folder.Path, "{");
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal([TimeSpan.FromSeconds(12)], seen);
    }

    [Fact]
    public async Task Start_SeveralMistakes_AreReportedTogether()
    {
        const string settings = """
            {"Currency":{"EcbAddress":"ftp://bank","Deadline":"soon","Jitter":"2:00:00","Dedline":1,"FixerAddress":"here"}}
            """;

        var refused = await Assert.ThrowsAsync<StartException>(() => TestServer.StartAsync(settings: settings));

        Assert.All(
            ["EcbAddress 'ftp://bank'", "Deadline 'soon'", "Jitter 02:00:00", "'Dedline'", "FixerAddress"],
            mistake => Assert.Contains(mistake, refused.Message));
    }

    [Fact]
    public async Task Start_AddressWithAKeyInIt_IsNotRepeatedInTheMessage()
    {
        var refused = await Assert.ThrowsAsync<StartException>(
            () => TestServer.StartAsync(settings: """{"Currency":{"FixerAddress":"rates.example?access_key=abc123"}}"""));

        Assert.DoesNotContain("abc123", refused.Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"Offline\":true,\"offline\":false}")]
    public async Task Start_FileCannotBeRead_IsReported(string settings)
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => TestServer.StartAsync(settings: settings));

        Assert.Contains("appsettings.json", refused.Message);
    }

    [Fact]
    public async Task Start_CommentsAndTrailingCommas_AreFine()
    {
        await using var server = await TestServer.StartAsync(
            settings: "{ /* why */ \"Currency\": { \"Deadline\": \"00:00:10\", }, } // end");

        Assert.Equal(
            TimeSpan.FromSeconds(10),
            server.Services.GetRequiredService<LiveOptions<CurrencyOptions>>().Current.Deadline);
    }

    // Replaced whole, as editors do: no reader sees half of it.
    private static void Write(string folder, string settings)
    {
        var file = Path.Combine(folder, "appsettings.json");
        File.WriteAllText(file + ".new", settings);
        File.Move(file + ".new", file, overwrite: true);
    }
}
