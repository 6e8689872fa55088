using System.CommandLine;
using Rondo.Services;

namespace Rondo.Cli;

/// <summary>The options of the commands that start a server.</summary>
internal sealed class ServerCommandOptions
{
    private readonly Option<string?> _urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons; "
            + "port 0 takes a free one [default: http://127.0.0.1:8080]",
        HelpName = "URL",
    };

    private readonly Option<string?> _data = CommonOptions.Data();
    private readonly Option<string?> _databaseFile = CommonOptions.DatabaseFile();
    private readonly Option<bool> _offline = new("--offline") { Description = "Ask no server for anything" };
    private readonly Option<string?> _rates = CommonOptions.Rates();
    private readonly Option<string?> _logFormat = new("--log-format")
    {
        Description = "text or json [default: text]",
        HelpName = "text|json",
    };

    private readonly Option<string?> _adminKeyFile = new("--admin-key-file")
    {
        Description = "Where the first start writes the admin key, for its owner alone, instead of showing it",
        HelpName = "FILE",
    };

    private readonly Option<string?> _advertise = new("--advertise")
    {
        Description = "Where other services reach this server [default: the first of the addresses it listens on]",
        HelpName = "URL",
    };

    // Not restricted here: the environment and the settings file can be wrong in the same ways.
    private readonly Option<string?> _transport = new("--transport")
    {
        Description = "What carries the connections: event loops over epoll, or the platform's sockets "
            + "[default: auto, which is epoll on Linux]",
        HelpName = "auto|epoll|sockets",
    };

    public ServerCommandOptions(Command command)
    {
        _logFormat.AcceptOnlyFromAmong("text", "json");
        command.Add(_urls);
        command.Add(_data);
        command.Add(_databaseFile);
        command.Add(CommonOptions.Database());
        command.Add(_offline);
        command.Add(_rates);
        command.Add(_logFormat);
        command.Add(_transport);
        command.Add(_adminKeyFile);
        command.Add(_advertise);
    }

    public ServerOptions Read(ParseResult parsed) => new()
    {
        Urls = parsed.GetValue(_urls),
        DataFolder = parsed.GetValue(_data),
        DatabaseFile = parsed.GetValue(_databaseFile),
        Offline = parsed.GetValue(_offline),
        RatesFile = parsed.GetValue(_rates),
        LogFormat = parsed.GetValue(_logFormat),
        Transport = parsed.GetValue(_transport),
        AdminKeyFile = parsed.GetValue(_adminKeyFile),
        Advertise = parsed.GetValue(_advertise),
        Verbose = parsed.GetValue(CommonOptions.Verbose),
    };
}
