using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Examples.Tests;

/// <summary>A program that the build has made of an example.</summary>
internal sealed partial class ExampleProcess : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private ExampleProcess(params IEnumerable<string> arguments)
    {
        _limit.CancelAfter(Guard);
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Example.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Starts what the build has made.</summary>
    public static ExampleProcess Start(string name, params string[] arguments) =>
        new([Path.Combine(Path.GetDirectoryName(typeof(ExampleProcess).Assembly.Location)!, name + ".dll"), .. arguments]);

    /// <summary>Builds and starts it as its reader would.</summary>
    public static ExampleProcess StartFromSource(string name) =>
        new("run", "-c", Example.Configuration, Path.Combine("examples", name + ".cs"));

    public async Task<(string Output, string Error)> ReadToEndAsync()
    {
        var output = _process.StandardOutput.ReadToEndAsync(_limit.Token);
        var error = _process.StandardError.ReadToEndAsync(_limit.Token);
        await _process.WaitForExitAsync(_limit.Token);
        return (await output, await error);
    }

    /// <summary>Waits until it says where it listens.</summary>
    public async Task<string> AddressAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(_limit.Token) is { } line)
        {
            if (Address().Match(line) is { Success: true } address)
            {
                return address.Value;
            }
        }

        throw new InvalidOperationException(await _process.StandardError.ReadToEndAsync(_limit.Token));
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _limit.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/")]
    private static partial Regex Address();
}
