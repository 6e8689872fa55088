using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

/// <summary>A node as its users have it: <c>rondo up --database-file</c>, in a folder of its own.</summary>
internal sealed class NodeChild : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private static readonly string Executable = typeof(NodeChild).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RondoExecutable").Value!;

    private readonly TestFolder _data = new();
    private readonly string _databaseFile;
    private readonly string[] _more;
    private readonly List<string> _said = [];
    private Process? _process;

    public NodeChild(string name, string databaseFile, params string[] more)
    {
        (Name, _databaseFile, _more) = (name, databaseFile, more);
        var scheme = more.Contains("--tls") ? "https" : "http";
        Address = new Uri($"{scheme}://127.0.0.1:{FreePort()}");
        Client = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = IsOurs },
        })
        {
            BaseAddress = Address,
            Timeout = Guard,
        };
    }

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>With the longest patience of this class.</summary>
    public HttpClient Client { get; }

    public string DataFolder => _data.Path;

    public bool HasExited => _process!.HasExited;

    public string Said
    {
        get
        {
            lock (_said)
            {
                return $"{Name} said:\n  {string.Join("\n  ", _said)}\n";
            }
        }
    }

    public void Start()
    {
        var start = new ProcessStartInfo(
            Executable,
            ["up", "--offline", "--urls", Address.GetLeftPart(UriPartial.Authority), "--database-file", _databaseFile,
                .. _more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["RONDO_DATA"] = _data.Path,
                ["RONDO_Nodes__Name"] = Name,
                ["RONDO_Nodes__ShowNode"] = "true",
                ["RONDO_Nodes__Lease"] = "2s",
                ["RONDO_Chat__MessagesPerSecond"] = "1000",
                ["RONDO_Chat__Burst"] = "1000",
                ["NO_COLOR"] = "1",
            },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it says of the nodes; null while it does not answer.</summary>
    public async Task<JsonNode?> LookAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            return JsonNode.Parse(await Client.GetStringAsync(new Uri("/nodes", UriKind.Relative), limit.Token));
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        if (name == "KILL")
        {
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>Its exit code, when it has ended.</summary>
    public async Task<int> ExitAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Guard);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }

        _process?.Dispose();
        _data.Dispose();
    }

    // As a device does that trusts the authority of this node alone.
    private bool IsOurs(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(_data.Path, "tls", "authority.crt"));
        using var own = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && own.Build((X509Certificate2)shown!);
    }

    private void Keep(object sender, DataReceivedEventArgs said)
    {
        lock (_said)
        {
            _said.Add(said.Data ?? "");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
