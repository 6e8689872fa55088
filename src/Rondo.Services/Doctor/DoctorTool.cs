using Rondo.Services.Hosting;

namespace Rondo.Services.Doctor;

/// <summary>Looks whether a server would have all that it needs, <c>rondo doctor</c>.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
public static class DoctorTool
{
    /// <summary>Looks at a place and its machine, also beside a running server, and says what it finds.</summary>
    /// <param name="options">What to look at.</param>
    /// <param name="output">Gets the findings.</param>
    /// <param name="error">Gets the reason when nothing could be looked at.</param>
    /// <returns>The exit code: 1 when a finding is a failure, 2 for a code that does not exist.</returns>
    public static async Task<int> RunAsync(DoctorOptions options, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (options.Code is { } code)
        {
            return await ExplainAsync(code, output, error);
        }

        try
        {
            var findings = await CheckUp.RunAsync(options, TimeProvider.System);
            await output.WriteAsync(
                options.Json ? DoctorReport.Json(findings) : DoctorReport.Text(findings, options.HasColor));
            return findings.Any(f => f.State is FindingState.Fail) ? ExitCode.Failed : ExitCode.Ok;
        }
        catch (StartException refused)
        {
            await error.WriteLineAsync("rondo: " + refused.Message);
            return refused.ExitCode;
        }
    }

    private static async Task<int> ExplainAsync(string name, TextWriter output, TextWriter error)
    {
        if (FindingCodes.Find(name) is not { } code)
        {
            await error.WriteLineAsync(
                $"rondo: There is no finding '{name}'; there are {string.Join(", ", FindingCodes.All.Select(c => c.Code))}.");
            return ExitCode.Usage;
        }

        await output.WriteLineAsync($"{code.Code}\n  {code.Why}\n  {code.Remedy}");
        return ExitCode.Ok;
    }
}
