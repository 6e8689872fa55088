using System.Globalization;
using Npgsql;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Where the database is and how Rondo speaks to it. The secret in it is in no message and on no command line.
/// </summary>
internal sealed class PostgresAddress
{
    private const string Variable = "RONDO_DATABASE";
    private const string DefaultSchema = "rondo";
    private const int LongestSchema = 50;
    private const int MostReaders = 8;
    private const int MostWriters = 4;

    private readonly string _text;

    private PostgresAddress(NpgsqlConnectionStringBuilder parsed, string schema)
    {
        _text = parsed.ConnectionString;
        Schema = schema;
        Name = $"{parsed.Database ?? parsed.Username} on {parsed.Host}";
        (Host, Port) = First(parsed);
    }

    /// <summary>The first server's name or address, or the folder of its socket.</summary>
    public string Host { get; }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>Whether it is on this host, as far as its name tells.</summary>
    public bool IsHere => Host.StartsWith('/') || Host is "localhost" or "127.0.0.1" or "::1";

    /// <summary>The server and the database, for people.</summary>
    public string Name { get; }

    /// <summary>The schema that holds the streams.</summary>
    public string Schema { get; }

    /// <summary>The schema that holds the other tables: names in it are those of a data folder's file.</summary>
    public string TableSchema => Schema + "_tables";

    /// <summary>What the flag names, else what <c>RONDO_DATABASE</c> holds, else null: everything is in files.</summary>
    /// <param name="file">The value of <c>--database-file</c>.</param>
    /// <param name="setting">What stands in the settings, in the place of the variable.</param>
    /// <exception cref="StartException">It is no address, or others can read the file.</exception>
    public static PostgresAddress? Find(string? file, string? setting = null)
    {
        if (file is { Length: > 0 })
        {
            return LooksLikeAddress(file)
                ? throw new StartException(
                    "A password on a command line is seen by everybody on this machine. Write the connection string into "
                        + "a file, chmod 600 it, and name that: --database-file FILE. Or set RONDO_DATABASE.",
                    ExitCode.Usage)
                : Parse(PrivateFile.ReadText(file), $"'{file}'");
        }

        setting ??= Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(setting) ? null : Parse(setting, Variable);
    }

    /// <param name="text">A connection string, or an address that begins with <c>postgresql://</c>.</param>
    /// <param name="origin">Where it was found, for people.</param>
    /// <exception cref="StartException">It is none.</exception>
    public static PostgresAddress Parse(string text, string origin)
    {
        try
        {
            text = text.Trim();
            var parsed = PostgresUrl.Is(text)
                ? PostgresUrl.Parse(text)
                : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(parsed.Host))
            {
                throw new FormatException("it names no host");
            }

            var schema = parsed.SearchPath ?? DefaultSchema;
            if (schema.Length is 0 or > LongestSchema
                || !schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_'))
            {
                throw new FormatException(
                    $"its Search Path is one schema of at most {LongestSchema} characters a-z, 0-9 and '_'");
            }

            parsed.SearchPath = schema;
            parsed.ApplicationName ??= "rondo";
            return new PostgresAddress(parsed, schema);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or UriFormatException)
        {
            // The platform's message may quote a value, and that may be the password.
            var reason = error is FormatException and not UriFormatException ? error.Message : "a part of it is none";
            throw new StartException(
                $"{origin} holds no address of a database: {reason}. It looks like "
                    + "'Host=db.example;Database=rondo;Username=rondo;Password=...' or "
                    + "'postgresql://rondo:...@db.example/rondo'.");
        }
    }

    /// <summary>
    /// Connections that write. The server sets their statements no limit, for it would count for COMMIT, too, which
    /// must not be cut off; the client sets one for everything else. Who is paused inside a transaction loses it, and the
    /// locks of the streams with it.
    /// </summary>
    /// <param name="isFenced">
    /// Whether they hold a lease, too: then others wait for it, and who is paused loses it about when its lease ends.
    /// </param>
    public NpgsqlDataSource ForWriting(bool isFenced = false) => Build(
        MostWriters,
        "-c statement_timeout=0 -c lock_timeout=5s -c idle_in_transaction_session_timeout=" + (isFenced ? "5s" : "15s"));

    /// <summary>Connections that read: for requests, and one that listens.</summary>
    public NpgsqlDataSource ForReading() => Build(MostReaders, "-c statement_timeout=30s -c synchronous_commit=off");

    /// <summary>A connection for a lease. It is not shared, and one that hangs is left at once.</summary>
    /// <param name="patience">How long it waits for a lock; in whole milliseconds.</param>
    public NpgsqlDataSource ForLease(TimeSpan patience) => Build(
        mostConnections: 1,
        $"-c lock_timeout={(long)patience.TotalMilliseconds}ms",
        parsed => (parsed.Pooling, parsed.CancellationTimeout) = (false, -1));

    /// <summary>
    /// The connection of the tables, which waits no longer for another process than with a file. A COMMIT whose time is
    /// over is not cancelled, for it would come back as a success: the connection is given up.
    /// </summary>
    /// <param name="isStarting">Whether nobody waits for it yet, so that to connect may take its time.</param>
    public NpgsqlDataSource ForTables(bool isStarting = false) => Build(
        mostConnections: 2,
        "-c statement_timeout=0 -c lock_timeout=2s -c idle_in_transaction_session_timeout=5s",
        parsed =>
        {
            // The check of who leads is with the streams.
            (parsed.SearchPath, parsed.CancellationTimeout) = ($"{TableSchema},{Schema}", -1);
            (parsed.Timeout, parsed.CommandTimeout) = (isStarting ? 15 : 3, 5);
        });

    // Each of several may have a port of its own; an IPv6 address has brackets then.
    private static (string Host, int Port) First(NpgsqlConnectionStringBuilder parsed)
    {
        var first = parsed.Host!.Split(',')[0].Trim();
        var colon = first.LastIndexOf(':');
        var hasPort = colon > 0 && (first.IndexOf(':') == colon || first[colon - 1] == ']');
        return hasPort && int.TryParse(first.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port)
            ? (first[..colon].Trim('[', ']'), port)
            : (first, parsed.Port);
    }

    private NpgsqlDataSource Build(
        int mostConnections, string options, Action<NpgsqlConnectionStringBuilder>? adjust = null)
    {
        var parsed = new NpgsqlConnectionStringBuilder(_text);
        parsed.Options = parsed.Options is { Length: > 0 } given ? $"{given} {options}" : options;
        parsed.Timeout = 5;
        parsed.CommandTimeout = 15;
        parsed.KeepAlive = 10;
        if (!parsed.Host!.StartsWith('/'))
        {
            parsed.TcpKeepAliveTime = 10;
            parsed.TcpKeepAliveInterval = 5;
        }

        parsed.MaxPoolSize = mostConnections;
        parsed.MinPoolSize = 0;
        parsed.MaxAutoPrepare = 20;
        parsed.AutoPrepareMinUsages = 2;
        if (parsed.Host.Contains(','))
        {
            // After a failover the one that takes writes is another of them.
            parsed.TargetSessionAttributes ??= "primary";
            parsed.HostRecheckSeconds = 1;
        }

        adjust?.Invoke(parsed);
        return NpgsqlDataSource.Create(parsed);
    }

    private static bool LooksLikeAddress(string text) =>
        PostgresUrl.Is(text) || text.Contains("password=", StringComparison.OrdinalIgnoreCase)
        || text.Contains("host=", StringComparison.OrdinalIgnoreCase);
}
