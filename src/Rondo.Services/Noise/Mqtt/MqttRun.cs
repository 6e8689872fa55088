using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Rondo.Runtime;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Transport.Sockets;

namespace Rondo.Services.Noise.Mqtt;

/// <summary>Publishes the levels to one broker, by settings that do not change.</summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
internal sealed class MqttRun : IAsyncDisposable
{
    // Twice as many as there can be rooms, and what was taken away.
    private const int MostTopics = 4000;
    private const int ClientNumber = 1 << 30;

    private readonly EventLoop _loop;
    private readonly MqttOptions _options;
    private readonly string? _password;
    private readonly NoiseBook _book;
    private readonly ILogger _logger;
    private readonly LevelTopics _topics;
    private readonly LoopConnector _connector = new(new LoopConnectorOptions { Name = "rondo-mqtt" });
    private readonly MqttClient _client;
    private readonly string _clientId;
    private readonly LoopTask _running;
    private TimerHandle? _next;
    private string? _reason;

    /// <param name="loop">The loop that runs now.</param>
    /// <param name="options">With a broker.</param>
    /// <param name="password">Of no file; null for none.</param>
    /// <param name="book">The levels.</param>
    /// <param name="random">For the client's id and the pauses.</param>
    /// <param name="logger">Where connections are told.</param>
    public MqttRun(
        EventLoop loop, MqttOptions options, string? password, NoiseBook book, Random random, ILogger logger)
    {
        _loop = loop;
        _options = options;
        _password = password;
        _book = book;
        _logger = logger;
        _topics = new LevelTopics(options, ProductVersion.Text);

        // A broker throws out whoever has the same id.
        _clientId = $"rondo{random.Next(ClientNumber):x8}";
        _client = new MqttClient(
            loop, Login, ConnectAsync, new MqttOutbox(MostTopics), new MqttTimes(), random, Tell);
        _client.Publish(_topics.Online);
        Publish();
        _running = loop.CreateTask(_client.RunAsync, "mqtt");
    }

    /// <summary>Says that the levels end, if there is a connection, and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        _next?.Cancel();
        _client.Stop(_topics.Offline);
        await _running;
        await _connector.DisposeAsync();
    }

    private void Publish()
    {
        foreach (var message in _topics.Next(_book.Current))
        {
            _client.Publish(message);
        }

        _next = _loop.CallLater(_options.Interval, Publish);
    }

    private MqttLogin Login() => new(
        _clientId,
        _options.User,
        _options.PasswordFile is { } file ? PrivateFile.ReadText(file).TrimEnd('\r', '\n') : _password,
        _options.KeepAlive,
        _topics.Offline);

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var (host, port) = _options.Address!.Value;
        EndPoint broker = IPAddress.TryParse(host.Trim('[', ']'), out var address)
            ? new IPEndPoint(address, port)
            : new DnsEndPoint(host, port);
        if (!_options.HasTls)
        {
            return await _connector.ConnectAsync(broker, cancellation);
        }

        var tls = new SslClientAuthenticationOptions { TargetHost = host.Trim('[', ']') };
        if (_options.Authority is { } authority)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(PemPair.ReadAll(authority));
        }

        return await _connector.ConnectTlsAsync(broker, tls, cancellation);
    }

    private void Tell(string? reason)
    {
        var (host, port) = _options.Address!.Value;
        if (reason is null)
        {
            MqttLog.Connected(_logger, host, port);
        }
        else if (reason != _reason)
        {
            // Once, and not with each try.
            MqttLog.Disconnected(_logger, host, port, reason);
        }

        _reason = reason;
    }
}
