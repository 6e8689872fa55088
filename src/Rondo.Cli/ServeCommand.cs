using System.CommandLine;
using Rondo.Services;

namespace Rondo.Cli;

internal static class ServeCommand
{
    public static Command Create()
    {
        var service = new Argument<string>("service")
        {
            Description = "The service: " + string.Join(", ", RondoServer.AllNames),
        };
        service.AcceptOnlyFromAmong([.. RondoServer.AllNames]);
        var registry = new Option<string?>("--registry")
        {
            Description = "Register there with a lease, and check keys with the auth service that it knows "
                + "[default: none; keys of the data folder]",
            HelpName = "URL",
        };
        var keyFile = new Option<string?>("--key-file")
        {
            Description = "The key for that, with the scopes registry:write and registry:own, in a file that only its "
                + "owner can read [default: RONDO_KEY]",
            HelpName = "FILE",
        };
        var key = CommonOptions.Key();
        var front = new Option<string?>("--front") { Hidden = true };
        var demo = new Option<bool>("--demo") { Hidden = true };
        var command = new Command(
                "serve", "Start one service alone: its routes, health and metrics, in a data folder of its own.")
            {
                service, registry, keyFile, key, front, demo,
            }
            .WithExamples(
                "rondo serve currency --urls http://127.0.0.1:9001",
                "rondo serve weather --registry http://127.0.0.1:8080 --key-file weather.key "
                    + "--urls http://127.0.0.1:0 --data ./weather",
                "rondo serve gateway --registry http://127.0.0.1:8080 --key-file gateway.key "
                    + "--urls http://127.0.0.1:8000 --data ./gateway");
        var options = new ServerCommandOptions(command);
        command.SetAction((parsed, _) => RondoServer.RunAsync(
            options.Read(parsed) with
            {
                Service = parsed.GetValue(service),
                Registry = parsed.GetValue(registry),
                KeyFile = parsed.GetValue(keyFile),
                Demo = parsed.GetValue(demo),
                Front = parsed.GetValue(front),
                Stopping = parsed.GetValue(front) is null ? CancellationToken.None : InputEnd.Watch(),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }
}
