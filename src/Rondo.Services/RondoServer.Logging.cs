using Microsoft.Extensions.Logging.Console;
using Rondo.Services.Hosting;

namespace Rondo.Services;

/// <content>What the process writes about itself.</content>
public static partial class RondoServer
{
    private static void AddLogging(ILoggingBuilder logging, IConfiguration configuration, ServerOptions options)
    {
        var format = options.LogFormat ?? configuration["LogFormat"] ?? "text";
        if (format is not ("text" or "json"))
        {
            throw new StartException($"The log format is text or json, not '{format}'.", ExitCode.Usage);
        }

        foreach (var level in configuration.GetSection("Logging:LogLevel").GetChildren())
        {
            if (!Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out _))
            {
                throw new StartException(
                    $"'{level.Path}' is one of {string.Join(", ", Enum.GetNames<LogLevel>())}, not '{level.Value}'.");
            }
        }

        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddFilter("Microsoft", options.Verbose ? LogLevel.Information : LogLevel.Warning);
        logging.AddFilter("Rondo", options.Verbose ? LogLevel.Debug : LogLevel.Information);

        // A start that fails is told to the user in one sentence, not to the log with a stack.
        var state = new StartState();
        logging.Services.AddSingleton(state);
        logging.AddFilter(
            "Microsoft.Extensions.Hosting.Internal.Host", level => state.HasStarted && level >= LogLevel.Warning);

        // It writes whole addresses, with what is secret in them; ours are in ProblemMiddleware. And a logger that is
        // on makes the server start an activity and a scope for every request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // Standard output belongs to what the command prints.
        logging.Services.Configure<ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (format is "json")
        {
            logging.AddJsonConsole(json => json.UseUtcTimestamp = true);
            return;
        }

        logging.AddSimpleConsole(text =>
        {
            text.SingleLine = true;
            text.UseUtcTimestamp = true;
            text.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            text.ColorBehavior = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                ? LoggerColorBehavior.Default
                : LoggerColorBehavior.Disabled;
        });
    }
}
