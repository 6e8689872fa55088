using System.Globalization;
using ChaosProgram;

// Exit codes: 0 nothing was lost, 1 something was, 2 usage.
var (seconds, seed) = (600.0, Random.Shared.Next());
var hasNodes = args is ["--nodes", ..];
for (var i = hasNodes ? 1 : 0; i < args.Length; i += 2)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    if ((args[i] == "--seconds" && double.TryParse(value, CultureInfo.InvariantCulture, out seconds) && seconds > 0)
        || (args[i] == "--seed" && int.TryParse(value, CultureInfo.InvariantCulture, out seed)))
    {
        continue;
    }

    await Console.Error.WriteLineAsync("usage: ChaosProgram [--nodes] [--seconds S] [--seed N]");
    return 2;
}

var (run, time) = (new ChaosRun(seed), TimeSpan.FromSeconds(seconds));
return await (hasNodes ? run.RunNodesAsync(time) : run.RunAsync(time)) ? 0 : 1;
