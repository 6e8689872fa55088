namespace Rondo.Examples.Tests;

/// <summary>Runs each program in <c>examples/</c>, and compares what comes with what its head says.</summary>
public sealed class ExampleTests
{
    // What BuildExamples.targets knows.
    private static readonly string[] Directives =
    [
        "#:sdk Microsoft.NET.Sdk.Web",
        "#:project ../src/Rondo.Runtime",
        "#:project ../src/Rondo.Transport",
        "#:project ../src/Rondo.Lab",
    ];

    public static TheoryData<string> Programs => [.. Example.All.Where(e => e.Servers.Count == 0).Select(e => e.Name)];

    public static TheoryData<string> Servers => [.. Example.All.Where(e => e.Servers.Count > 0).Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Program_Run_PrintsWhatItSays(string name)
    {
        using var program = ExampleProcess.Start(name);

        await AssertPrintsWhatItSaysAsync(name, program);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Server_Asked_AnswersWhatItSays(string name)
    {
        var example = Example.Find(name);
        Assert.Equal(name, example.Servers[^1]);
        Assert.NotEmpty(example.Urls);
        await using var servers = await RunningServers.StartAsync(example);
        using var client = new HttpClient();
        var answers = new List<string>();
        foreach (var url in example.Urls)
        {
            var answer = await client.GetStringAsync(
                servers.Address + url.PathAndQuery[1..], TestContext.Current.CancellationToken);
            answers.Add(answer.TrimEnd('\r', '\n'));
        }

        Assert.Equal(example.Output, answers);
    }

    /// <summary>
    /// One for each kind of head: that the others run as well follows from the build, which gives them no more than
    /// their lines for the SDK name.
    /// </summary>
    [Theory]
    [InlineData("gather")]
    [InlineData("web_server")]
    [InlineData("fetch")]
    public async Task Source_RunByTheSdk_PrintsWhatItSays(string name)
    {
        using var program = ExampleProcess.StartFromSource(name);

        await AssertPrintsWhatItSaysAsync(name, program);
    }

    [Fact]
    public void Examples_LinesForTheSdk_AreKnownToTheBuild() =>
        Assert.All(Example.All, example => Assert.Subset(Directives.ToHashSet(), example.Directives.ToHashSet()));

    private static async Task AssertPrintsWhatItSaysAsync(string name, ExampleProcess program)
    {
        var (output, error) = await program.ReadToEndAsync();

        Assert.Equal("", error);
        Assert.Equal(Example.Find(name).Output, output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
    }
}
