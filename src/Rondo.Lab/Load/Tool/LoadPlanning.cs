using Rondo.Lab.Load.Targets;
using Rondo.Transport.Native;

namespace Rondo.Lab.Load.Tool;

/// <summary>Makes a plan from what the user asked for; what cannot be is refused in one sentence.</summary>
internal static class LoadPlanning
{
    /// <summary>No load is meant to exceed this rate: the schedule's threads could not keep it.</summary>
    public const double HighestRate = 200_000;

    private const int KeptDescriptors = 64;
    private const int DefaultConnections = 8;
    private const int DefaultOpenConnections = 64;
    private const int MostConnections = 1_000_000;
    private const double MostSeconds = 1_000_000;

    // Besides letters and digits (RFC 9110, section 5.6.2).
    private const string TokenMarks = "!#$%&'*+-.^_`|~";

    /// <exception cref="LoadException">The options do not make a plan.</exception>
    public static LoadPlan Plan(LoadOptions options, TargetUrl target)
    {
        var isOpen = options.Rate is not null;
        var connections = options.Connections ?? (isOpen ? DefaultOpenConnections : DefaultConnections);
        var threads = options.Threads ?? 1;
        Require(connections is >= 1 and <= MostConnections, "--connections must be 1 to 1000000");
        Require(threads >= 1 && threads <= connections, "--threads must be 1 to the number of connections");
        Require(options.Requests is null or >= 1, "--requests must be at least 1");
        Require(options.Rate is null or (> 0 and <= HighestRate), "--rate must be above 0 and at most 200000");
        Require(
            options.MaxConnections is null || options.Find is not null || (isOpen && options.MaxConnections >= connections),
            "--max-connections goes with --rate, and must be at least --connections");
        var isToken = options.Method.Length > 0
            && options.Method.All(c => char.IsAsciiLetterOrDigit(c) || TokenMarks.Contains(c, StringComparison.Ordinal));
        Require(isToken, $"--method: '{options.Method}' is no method such as GET");
        Require(options.Body is null || options.BodyFile is null, "--body and --body-file exclude each other");
        Require(!isOpen || options.Think is null, "--think is for a closed load; --rate already says when requests start");
        RequireDescriptors(Math.Max(connections, options.MaxConnections ?? 0));
        var isSha = options.ExpectSha is null or { Length: 64 } && options.ExpectSha?.All(char.IsAsciiHexDigit) != false;
        Require(isSha, "--expect-sha must be 64 hexadecimal digits");
        var plan = new LoadPlan
        {
            Url = options.Url,
            Address = target.Address.ToString(),
            Port = target.Port,
            TlsHost = target.TlsHost,
            TlsInsecure = options.TlsInsecure,
            Request = [],
            IsHead = options.Method == "HEAD",
            Connections = connections,
            MaxConnections = options.MaxConnections ?? connections,
            Threads = threads,
            Seconds = Seconds("--duration", options.Duration, options.Requests is null ? 10 : 3600, mayBeZero: false),
            Requests = options.Requests,
            Rate = options.Rate,
            IsPoisson = options.Arrivals == "poisson",
            RampSeconds = Seconds("--ramp", options.Ramp, 0, mayBeZero: true),
            ThinkSeconds = Seconds("--think", options.Think, 0, mayBeZero: true),
            TimeoutSeconds = Seconds("--timeout", options.Timeout, 10, mayBeZero: false),
            KeepAlive = !options.NoKeepAlive,
            ExpectedStatus = options.ExpectStatus,
            ExpectedLength = options.ExpectLength,
            ExpectedSha = options.ExpectSha,
            Engine = EngineOf(options.Engine),
            Seed = options.Seed,
        };
        Require(options.Streams is null || options.Http == "2", "--streams is for --http 2");
        if (options.Http == "2")
        {
            return Http2Planning.Complete(plan, options, target, Body(options));
        }

        return options.WebSocket || options.FanOut || target.IsWebSocket
            ? MessagePlanning.Complete(plan, options, target, Body(options))
            : plan with { Request = Request(options, target) };
    }

    /// <summary>The engine for this system, unless one is named.</summary>
    public static string EngineOf(string engine) =>
        engine != "auto" ? engine : OperatingSystem.IsLinux() ? "epoll" : "portable";

    /// <summary>Refuses more connections than this process may have descriptors.</summary>
    public static void RequireDescriptors(int connections)
    {
        if (OperatingSystem.IsLinux() && new LinuxCalls().DescriptorLimit() - KeptDescriptors is var most && connections > most)
        {
            throw new LoadException(
                $"{connections} connections need more descriptors than this process may have: at most {most} "
                    + $"connections fit. Raise the limit with: ulimit -n {connections + KeptDescriptors}",
                LoadExit.Usage);
        }
    }

    private static byte[] Request(LoadOptions options, TargetUrl target)
    {
        var request = new RequestText(options.Method, "1.1", target);
        foreach (var header in options.Headers)
        {
            request.Add(header);
        }

        if (!request.Has("User-Agent"))
        {
            request.Add("User-Agent: rondo-load");
        }

        if (options.NoKeepAlive)
        {
            request.Add("Connection: close");
        }

        return request.Build(Body(options));
    }

    private static byte[] Body(LoadOptions options)
    {
        try
        {
            return options.BodyFile is { } file
                ? File.ReadAllBytes(file)
                : System.Text.Encoding.UTF8.GetBytes(options.Body ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"--body-file: {e.Message}", LoadExit.Usage);
        }
    }

    private static double Seconds(string option, string? text, double otherwise, bool mayBeZero)
    {
        if (text is null)
        {
            return otherwise;
        }

        var isDuration = Quantity.TrySeconds(text, out var seconds) && (mayBeZero || seconds > 0);
        Require(isDuration, $"{option} must be a duration such as 10s, 500ms or 2m{(mayBeZero ? "" : ", above 0")}");
        Require(seconds <= MostSeconds, $"{option} must be at most 1000000 s");
        return seconds;
    }

    /// <exception cref="LoadException">It is not so.</exception>
    public static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new LoadException(message, LoadExit.Usage);
        }
    }
}
