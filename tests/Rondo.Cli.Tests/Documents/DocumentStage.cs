using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Documents;

/// <summary>
/// Where the commands of a document run one after another, as a reader would type them: a home and a working folder
/// that are empty, and a server that runs already unless the document starts one. Ports and addresses of the document
/// stand for what listens here.
/// </summary>
internal sealed partial class DocumentStage : IAsyncDisposable
{
    // curl's, for a stream that was ended by --max-time.
    private const int TimedOut = 28;

    private readonly string _home = Directory.CreateTempSubdirectory("rondo-doc-").FullName;
    private readonly List<RondoProcess> _started = [];
    private readonly Dictionary<string, string> _places = [];
    private RondoProcess? _up;
    private string _key = "";

    private DocumentStage()
    {
        Work = Directory.CreateDirectory(Path.Combine(_home, "work")).FullName;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Where commands run; a test may put there what the document takes for granted.</summary>
    public string Work { get; }

    private string Data => Path.Combine(_home, ".local", "share", "rondo");

    /// <summary>With a server if the document needs one, and does not begin by starting it.</summary>
    public static async Task<DocumentStage> CreateAsync(IReadOnlyList<DocumentedCommand> commands, ReadersServer server)
    {
        var stage = new DocumentStage();
        if (!commands[0].Text.StartsWith("rondo up", StringComparison.Ordinal)
            && commands.Any(c => NeedsServer().IsMatch(c.Text)))
        {
            await server.StartAsync();
            Directory.CreateDirectory(Path.GetDirectoryName(stage.Data)!);
            Directory.CreateSymbolicLink(stage.Data, server.Data);
            stage._key = server.AdminKey;
            stage._places["8080"] = PortOf(server.Address);
        }

        return stage;
    }

    /// <summary>A service of somebody else, which answers any path.</summary>
    /// <param name="place">Its address in the document.</param>
    public Task AddServiceAsync(string place) => ServeAsync("rondo lab serve loop --work io:1ms", place);

    /// <summary>A folder of the repository where commands run, as there.</summary>
    public void Show(string folder) =>
        Directory.CreateSymbolicLink(Path.Combine(Work, folder), Path.Combine(DocumentedCommand.Root, folder));

    /// <summary>Another name of what listens on a port of the document.</summary>
    public void Name(string place, string port) => _places[place] = "http://127.0.0.1:" + _places[port];

    /// <summary>Runs it to its end, or, if it is a server, until it serves.</summary>
    public async Task RunAsync(DocumentedCommand command)
    {
        if (Server().IsMatch(command.Text))
        {
            await ServeAsync(command.Text);
            return;
        }

        var (code, output, error) = await RunAsync(Line(command.Text));
        var isStream = command.Text.StartsWith("curl -N", StringComparison.Ordinal);
        var isDoctor = command.Text.StartsWith("rondo doctor", StringComparison.Ordinal);

        // What a doctor finds of this machine is no matter of the document.
        Assert.True(
            code == 0 || (code == TimedOut && isStream) || (code == 1 && isDoctor),
            $"{command}: {code}\n{output}{error}");
        if (command.Shown.Count > 0)
        {
            Assert.True(
                HasShape(command.Shown, output.TrimEnd('\n').Split('\n')),
                $"{command} does not print what is shown:\n{output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            await process.DisposeAsync();
        }

        Unlink();
        foreach (var link in new DirectoryInfo(Work).EnumerateDirectories().Where(d => d.LinkTarget is not null))
        {
            link.Delete();
        }

        Directory.Delete(_home, recursive: true);
    }

    /// <summary>Whether lines differ in figures and spaces alone; a line of <c>...</c> stands for any others.</summary>
    internal static bool HasShape(IReadOnlyList<string> shown, IReadOnlyList<string> printed)
    {
        var pattern = string.Concat(shown.Select(line => line.Trim() == "..."
            ? @"(\n.*)*?"
            : @"\n" + Figure().Replace(Regex.Escape(Blank().Replace(line, " ")), @"-?[\d.,]+")));
        return Regex.IsMatch(
            string.Concat(printed.Select(line => "\n" + Blank().Replace(line, " "))), $@"\A{pattern}\z");
    }

    private async Task ServeAsync(string text, string? place = null)
    {
        var isUp = text.StartsWith("rondo up", StringComparison.Ordinal);
        if (isUp)
        {
            await StopUpAsync();
            Unlink();
        }

        var hasTls = text.Contains("--tls", StringComparison.Ordinal)
            || text.Contains("--certificate ", StringComparison.Ordinal);
        var process = RondoProcess.StartShell(
            Line(text) + (text.StartsWith("rondo lab", StringComparison.Ordinal) ? " --port 0" : ""),
            Environment(
                hasTls ? "https://127.0.0.1:0" : "http://127.0.0.1:0",
                isElsewhere: text.Contains("--registry http://10.", StringComparison.Ordinal)),
            Work);
        _started.Add(process);
        var said = await process.ReadUntilAsync(isUp ? "/currency/status" : "listens on");
        var address = ReadersServer.AddressIn(said);
        if (isUp)
        {
            _up = process;
            _key = ReadersServer.KeyIn(said) ?? _key;
            _places[hasTls ? "8443" : "8080"] = PortOf(address);
        }
        else if (place is not null)
        {
            _places[place] = address;
        }
    }

    private static string PortOf(string address) => address[(address.LastIndexOf(':') + 1)..];

    // Not the other's folder: only the way to it.
    private void Unlink()
    {
        if (new DirectoryInfo(Data) is { LinkTarget: not null } link)
        {
            link.Delete();
        }
    }

    // As with Ctrl-C.
    private async Task StopUpAsync()
    {
        if (_up is { } up)
        {
            up.Signal("TERM");
            Assert.Equal(0, await up.ExitAsync());
        }
    }

    // What the reader's machine has and this one has not, replaced by what there is.
    private string Line(string text)
    {
        var line = Local().Replace(text, m => _places.TryGetValue(m.Groups["port"].Value, out var port)
            ? m.Groups["host"].Value + ":" + port
            : m.Value);
        foreach (var (place, address) in _places.Where(p => p.Key.Contains('.', StringComparison.Ordinal)))
        {
            line = line.Replace(place, address, StringComparison.Ordinal);
        }

        line = line.Replace("http://0.0.0.0:8000", "http://127.0.0.1:0", StringComparison.Ordinal);
        return Curl().Replace(line, m => m.Value + (m.Groups["stream"].Success
            ? " --fail-with-body -sS --max-time 1"
            : " --fail-with-body -sS --max-time 30"));
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        var start = new ProcessStartInfo("bash", ["-c", line])
        {
            WorkingDirectory = Work,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment(urls: null))
        {
            start.Environment[name] = value;
        }

        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(Token), bash.StandardError.ReadToEndAsync(Token));
        await bash.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        return (bash.ExitCode, await output, await error);
    }

    private Dictionary<string, string> Environment(string? urls, bool isElsewhere = false)
    {
        var programs = System.Environment.GetEnvironmentVariable("PATH");
        var all = new Dictionary<string, string>
        {
            ["HOME"] = _home,
            ["PATH"] = $"{Path.GetDirectoryName(RondoProcess.Executable)}:{programs}",
            ["NO_COLOR"] = "1",
            ["KEY"] = _key,
            ["XDG_DATA_HOME"] = Path.GetDirectoryName(Data)!,
            ["RONDO_OFFLINE"] = "1",
        };
        if (urls is not null)
        {
            all["RONDO_URLS"] = urls;
        }

        if (isElsewhere)
        {
            all["RONDO_DATA"] = Path.Combine(_home, "elsewhere");
        }

        return all;
    }

    [GeneratedRegex(@"^rondo (up|serve|lab serve)\b")]
    private static partial Regex Server();

    [GeneratedRegex(@":8080|\$KEY|\brondo (audit|backup|key|streams)\b")]
    private static partial Regex NeedsServer();

    [GeneratedRegex(@"(?<=://)(?<host>127\.0\.0\.1|localhost):(?<port>\d+)")]
    private static partial Regex Local();

    [GeneratedRegex(@"\bcurl(?<stream> -N)?(?= )")]
    private static partial Regex Curl();

    [GeneratedRegex(@"-?\d[\d.,\\]*(?<![.,\\])")]
    private static partial Regex Figure();

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blank();
}
