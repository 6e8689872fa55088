using System.CommandLine;
using Rondo.Services;

namespace Rondo.Cli;

internal static class ServeCommand
{
    public static Command Create()
    {
        var service = new Argument<string>("service")
        {
            Description = "The service: " + string.Join(", ", RondoServer.AllServices),
        };
        service.AcceptOnlyFromAmong([.. RondoServer.AllServices]);
        var command = new Command("serve", "Start one service alone.") { service }
            .WithExamples("rondo serve currency --urls http://127.0.0.1:9001");
        var options = new ServerCommandOptions(command);
        command.SetAction((parsed, _) => RondoServer.RunAsync(
            options.Read(parsed), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }
}
