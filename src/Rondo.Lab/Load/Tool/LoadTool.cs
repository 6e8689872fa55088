using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Load.Tool;

/// <summary><c>rondo load</c>.</summary>
internal static class LoadTool
{
    /// <summary>Runs the command.</summary>
    /// <returns>The exit code, one of <see cref="LoadExit"/>.</returns>
    public static async Task<int> RunAsync(LoadOptions options, TextWriter output, TextWriter error, bool isTerminal)
    {
        using var interruption = new Interruption();
        try
        {
            var target = await TargetUrl.ResolveAsync(
                options.Url, options.OwnsHost, Environment.GetEnvironmentVariable(TargetUrl.AllowedVariable));
            var plan = LoadPlanning.Plan(options, target);
            await target.TryConnectAsync(interruption.Token);
            var live = new LiveLine(isTerminal ? error : null, plan);
            var result = await LoadRun.RunAsync(plan, live.Show, interruption.Token);
            live.Clear();
            var checks = LoadChecks.Of(plan, result);
            await output.WriteAsync(LoadText.Write(plan, result, checks));
            return interruption.HasCome ? LoadExit.Interrupted
                : result.Counts.Completed == 0 ? LoadExit.TargetFailed
                : LoadExit.Ok;
        }
        catch (LoadException e)
        {
            await error.WriteLineAsync("rondo: " + e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("rondo: interrupted before there was anything to report");
            return LoadExit.Interrupted;
        }
    }
}
