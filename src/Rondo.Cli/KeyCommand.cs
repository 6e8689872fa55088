using System.CommandLine;
using Rondo.Services.Auth;

namespace Rondo.Cli;

internal static class KeyCommand
{
    public static Command Create() => new Command(
        "key", "Make, list and end the keys of a data folder or a database, also beside running servers.")
    {
        New(), List(), Rotate(), Revoke(), Reset(),
    }.WithExamples("rondo key create reader --scope weather:read", "rondo key list");

    private static Command New()
    {
        var name = new Argument<string>("name") { Description = "What it is called" };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "What it may do; again for more: service:verb, service:verb:part, service:*, *, and !scope",
            HelpName = "SCOPE",
            Required = true,
        };
        var owner = new Option<string?>("--owner") { Description = "Whose it is", HelpName = "NAME" };
        var expires = new Option<string?>("--expires")
        {
            Description = "A moment such as 2027-01-31T12:00:00Z, or a time such as 30d [default: never]",
            HelpName = "WHEN",
        };
        var addresses = new Option<string[]>("--address")
        {
            Description = "A network that it may be used from; again for more [default: any]",
            HelpName = "CIDR",
        };
        var origins = new Option<string[]>("--origin")
        {
            Description = "An origin whose pages may use it; again for more [default: any]",
            HelpName = "ORIGIN",
        };
        var rate = new Option<string?>("--rate") { Description = "Uses in a time, such as 10/s", HelpName = "RATE" };
        var quota = new Option<long?>("--quota") { Description = "Uses in a calendar month", HelpName = "N" };
        var (json, data, database) = (CommonOptions.Json(), CommonOptions.Data(), CommonOptions.DatabaseFile());
        var command = new Command("create", "Make a key and print it, once.")
        {
            name, scopes, owner, expires, addresses, origins, rate, quota, json, data, database, CommonOptions.Database(),
        }.WithExamples("rondo key create reader --scope weather:read --expires 90d");
        command.SetAction(parsed => KeyTool.Create(
            new NewKeyOptions
            {
                Name = parsed.GetValue(name)!,
                Scopes = parsed.GetValue(scopes) ?? [],
                Owner = parsed.GetValue(owner),
                Expires = parsed.GetValue(expires),
                Addresses = parsed.GetValue(addresses) ?? [],
                Origins = parsed.GetValue(origins) ?? [],
                Rate = parsed.GetValue(rate),
                Quota = parsed.GetValue(quota),
            },
            parsed.GetValue(database),
            parsed.GetValue(data),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command List()
    {
        var (json, data, database) = (CommonOptions.Json(), CommonOptions.Data(), CommonOptions.DatabaseFile());
        var command = new Command("list", "What keys there are; never their texts.")
        {
            json, data, database, CommonOptions.Database(),
        }.WithExamples("rondo key list");
        command.SetAction(parsed => KeyTool.List(
            parsed.GetValue(database), parsed.GetValue(data), parsed.GetValue(json),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Rotate()
    {
        var (id, json) = (Id(), CommonOptions.Json());
        var (data, database) = (CommonOptions.Data(), CommonOptions.DatabaseFile());
        var grace = new Option<string>("--grace")
        {
            Description = "How long the text of before still counts",
            HelpName = "TIME",
            DefaultValueFactory = _ => "24h",
        };
        var command = new Command("rotate", "Give a key another text and print it, once.")
        {
            id, grace, json, data, database, CommonOptions.Database(),
        }.WithExamples("rondo key rotate 4TmR2x9Q --grace 7d");
        command.SetAction(parsed => KeyTool.Rotate(
            parsed.GetValue(id)!, parsed.GetValue(grace)!, parsed.GetValue(database), parsed.GetValue(data), parsed.GetValue(json),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Revoke()
    {
        var (id, data, database) = (Id(), CommonOptions.Data(), CommonOptions.DatabaseFile());
        var command = new Command("revoke", "End a key at once, with what it has opened.")
        {
            id, data, database, CommonOptions.Database(),
        }.WithExamples("rondo key revoke 4TmR2x9Q");
        command.SetAction(parsed => KeyTool.Revoke(
            parsed.GetValue(id)!, parsed.GetValue(database), parsed.GetValue(data),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Reset()
    {
        var (json, data, database) = (CommonOptions.Json(), CommonOptions.Data(), CommonOptions.DatabaseFile());
        var command = new Command(
            "reset-admin", "Make a new admin key, print it, once, and end all that were named so.")
        {
            json, data, database, CommonOptions.Database(),
        }.WithExamples("rondo key reset-admin");
        command.SetAction(parsed => KeyTool.ResetAdmin(
            parsed.GetValue(database), parsed.GetValue(data), parsed.GetValue(json),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Argument<string> Id() => new("id") { Description = "The key's id, from 'rondo key list'" };
}
