using System.CommandLine;
using Rondo.Services;

namespace Rondo.Cli;

internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command(
                "up",
                "Start every service; prints the address, the admin key (on the first start only) "
                    + "and four curl lines to try.")
            .WithExamples(
                "rondo up", "rondo up --tls",
                "rondo up --urls http://127.0.0.1:9000 --data ./rondo-data --offline");
        var options = new ServerCommandOptions(command);
        var demo = new Option<bool>("--demo")
        {
            Description = "Answer as the talks' small servers, too: /hello/NAME and /work?mode=MODE, rooms whose "
                + "levels are simulated, and a key that everybody knows; on this machine only",
        };
        var split = new Option<bool>("--split")
        {
            Description = "Run chat, currency, noise and weather as processes of their own, each restarted when it ends; "
                + "GET /supervision and the board say how they are",
        };
        var tls = new TlsCommandOptions(command);
        var nodeAddress = new Option<string?>("--node-address")
        {
            Description = "With a database that several nodes share: where the others reach this one "
                + "[default: the first address it listens on that names a host]",
            HelpName = "URL",
        };
        command.Add(demo);
        command.Add(nodeAddress);
        command.Add(split);
        command.SetAction((parsed, _) => RondoServer.RunAsync(
            tls.Read(parsed, options.Read(parsed)) with
            {
                Demo = parsed.GetValue(demo),
                NodeAddress = parsed.GetValue(nodeAddress),
                Split = parsed.GetValue(split),
            },
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }
}
