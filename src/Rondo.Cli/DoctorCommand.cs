using System.CommandLine;
using Rondo.Services.Doctor;

namespace Rondo.Cli;

internal static class DoctorCommand
{
    public static Command Create()
    {
        var code = new Argument<string?>("code")
        {
            Description = "A finding to explain, instead of looking",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var urls = new Option<string?>("--urls", "--url")
        {
            Description = "The addresses that a server shall listen on",
            HelpName = "URL",
        };
        var offline = new Option<bool>("--offline") { Description = "Ask no server for anything" };
        var (data, database, json) = (CommonOptions.Data(), CommonOptions.DatabaseFile(), CommonOptions.Json());
        var command = new Command(
            "doctor", "Look whether this machine has all that a server needs: clock, disk, files, network, sources.")
        {
            code, data, database, CommonOptions.Database(), urls, offline, json,
        }.WithExamples("rondo doctor", "rondo doctor --data ./rondo-data --json", "rondo doctor disk-space");
        command.SetAction((parsed, _) => DoctorTool.RunAsync(
            new DoctorOptions
            {
                Code = parsed.GetValue(code),
                DataFolder = parsed.GetValue(data),
                DatabaseFile = parsed.GetValue(database),
                Urls = parsed.GetValue(urls),
                Offline = parsed.GetValue(offline),
                Json = parsed.GetValue(json),
                HasColor = StandardStreams.OutputHasColor,
            },
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }
}
