using System.Net.Security;

namespace Rondo.Services.Hosting.Tls;

/// <summary>
/// The certificate that the server shows at present. It is looked after every ten seconds: what changes counts from the
/// next handshake on, without a restart; what cannot be used is logged, and the last good one stays.
/// </summary>
/// <threadsafety>From any thread.</threadsafety>
internal sealed class ServerCertificates : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ICertificateSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private SslStreamCertificateContext _current;
    private ITimer? _timer;
    private string? _mistake;
    private int _isLooking;

    /// <exception cref="StartException">There is none that can be used.</exception>
    public ServerCertificates(
        LiveOptions<TlsOptions> options, DataFolder folder, TimeProvider time, ILogger<ServerCertificates> logger)
        : this(options, folder, time, logger, () => HostNames.Look(options.Current.Hosts))
    {
    }

    /// <param name="options">The settings.</param>
    /// <param name="folder">Where the authority is kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes are told.</param>
    /// <param name="look">Tells the names of this host.</param>
    public ServerCertificates(
        LiveOptions<TlsOptions> options,
        DataFolder folder,
        TimeProvider time,
        ILogger<ServerCertificates> logger,
        Func<HostNames> look)
    {
        _time = time;
        _logger = logger;
        Look = look;
        if (options.Current.Certificate is not null)
        {
            _source = new CertificateFiles(options);
        }
        else
        {
            var tls = Path.Combine(folder.Path, "tls");
            DataFolder.CreatePrivate(tls);
            Authority = LocalAuthority.Open(tls, look(), options.Current.Hosts, time.GetUtcNow());
            _source = new IssuedCertificates(Authority, tls, look);
        }

        _current = _source.Next(time.GetUtcNow())!;
    }

    /// <summary>What devices have to trust; null for certificates by file.</summary>
    public LocalAuthority? Authority { get; }

    /// <summary>Tells the names of this host.</summary>
    public Func<HostNames> Look { get; }

    public SslStreamCertificateContext Current => Volatile.Read(ref _current);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = _time.CreateTimer(_ => Renew(), null, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _timer?.Dispose();
        Authority?.Dispose();
    }

    private void Renew()
    {
        // A timer does not wait for its last callback.
        if (Interlocked.Exchange(ref _isLooking, 1) == 1)
        {
            return;
        }

        try
        {
            if (_source.Next(_time.GetUtcNow()) is { } next)
            {
                Volatile.Write(ref _current, next);
                _mistake = null;
                TlsLog.Renewed(_logger, next.TargetCertificate.NotAfter);
            }
        }
        catch (StartException error)
        {
            if (error.Message != _mistake)
            {
                TlsLog.Refused(_logger, error.Message);
            }

            _mistake = error.Message;
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }
}
