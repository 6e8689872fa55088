using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Rondo.Services.Tests.Hosting.Tls;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Noise.Mqtt;

/// <summary>Debian's broker on a port of its own, and its subscriber, which sees what others would.</summary>
internal sealed class Mosquitto : IDisposable
{
    public const string User = "rondo";
    public const string Password = "pass word";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();
    private readonly bool _hasTls;
    private Process? _process;

    private Mosquitto(int port, bool hasTls)
    {
        Port = port;
        _hasTls = hasTls;
    }

    public int Port { get; }

    /// <summary>What a client of the broker with TLS must trust.</summary>
    public string Authority => Path.Combine(_folder.Path, "broker.crt");

    public static async Task<Mosquitto> StartAsync(bool hasTls = false)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var broker = new Mosquitto(port, hasTls);
        await broker.PrepareAsync();
        await broker.StartProcessAsync();
        return broker;
    }

    /// <summary>Ends it with all that it has retained.</summary>
    public void Stop()
    {
        _process?.Kill();
        _process?.WaitForExit(Guard);
        _process?.Dispose();
        _process = null;
    }

    public async Task StartProcessAsync()
    {
        _process = Process.Start(new ProcessStartInfo("mosquitto", ["-c", Path.Combine(_folder.Path, "broker.conf")])
        {
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(Guard);
        while (true)
        {
            // It says so in its log, and then listens.
            var line = await _process.StandardError.ReadLineAsync(limit.Token)
                ?? throw new InvalidOperationException("mosquitto does not start.");
            if (line.Contains("running", StringComparison.Ordinal))
            {
                _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }
    }

    public Subscriber Subscribe(string topics)
    {
        string[] tls = _hasTls ? ["--cafile", Authority] : [];
        return new(Process.Start(new ProcessStartInfo(
            "mosquitto_sub",
            ["-h", "localhost", "-p", $"{Port}", "-u", User, "-P", Password, "-v", "-q", "1", "-t", topics, .. tls])
        {
            RedirectStandardOutput = true,
        })!);
    }

    public void Dispose()
    {
        Stop();
        _folder.Dispose();
    }

    private async Task PrepareAsync()
    {
        var passwords = Path.Combine(_folder.Path, "passwords");
        await Tool.DoAsync("mosquitto_passwd", "-c", "-b", passwords, User, Password);
        var tls = "";
        if (_hasTls)
        {
            var key = Path.Combine(_folder.Path, "broker.key");
            await OwnCertificate.MakeAsync(Authority, key, "localhost");
            tls = $"certfile {Authority}\nkeyfile {key}\n";
        }

        _folder.Write(
            "broker.conf",
            $"user {Environment.UserName}\nlistener {Port} localhost\nallow_anonymous false\n"
                + $"password_file {passwords}\npersistence false\n{tls}");
    }

    /// <summary>The messages of some topics, retained ones first.</summary>
    internal sealed class Subscriber : IDisposable
    {
        private readonly Process _process;
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public Subscriber(Process process)
        {
            _process = process;
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { } text)
                {
                    _lines.Writer.TryWrite(text);
                }
            };
            process.BeginOutputReadLine();
        }

        /// <summary>The payload of the next message of a topic that is as wanted.</summary>
        public async Task<string> UntilAsync(string topic, Func<string, bool>? isWanted = null)
        {
            using var limit = new CancellationTokenSource(Guard);
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(limit.Token);
                if (line.StartsWith(topic + " ", StringComparison.Ordinal)
                    && (isWanted is null || isWanted(line[(topic.Length + 1)..])))
                {
                    return line[(topic.Length + 1)..];
                }
            }
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit(Guard);
            _process.Dispose();
        }
    }
}
