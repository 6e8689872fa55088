using System.Globalization;
using SoakProgram;

// `server TRANSPORT`: the one process under test. `SECONDS [TRANSPORT]`: the traffic, its samples and the verdict.
switch (args)
{
    case ["server", var transport]:
        await SoakServer.RunAsync(isOnLoops: transport == "loops");
        return 0;
    case [var seconds, .. var rest]
        when double.TryParse(seconds, CultureInfo.InvariantCulture, out var duration) && duration > 0
            && rest is [] or ["loops" or "sockets"]:
        return await SoakRun.RunAsync(TimeSpan.FromSeconds(duration), rest is [var on] ? on : "loops") ? 0 : 1;
    default:
        await Console.Error.WriteLineAsync("usage: SoakProgram SECONDS [loops | sockets]");
        return 2;
}
