namespace Rondo.Services;

/// <summary>
/// What the command line says about a server; what it leaves out comes from <c>RONDO_*</c>, then from
/// <c>appsettings.json</c> in the data folder, then from the defaults.
/// </summary>
public sealed record ServerOptions
{
    /// <summary>
    /// Addresses to listen on, separated by semicolons; default <c>http://127.0.0.1:8080</c>. Port 0 takes a free one.
    /// </summary>
    public string? Urls { get; init; }

    /// <summary>
    /// Whether to listen with TLS, with a certificate of an authority of its own; then <see cref="Urls"/> is
    /// <c>https://0.0.0.0:8443</c> by default.
    /// </summary>
    public bool Tls { get; init; }

    /// <summary>Names and addresses of this host, for its certificate, besides those that it knows itself.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>A file with a certificate in PEM to use instead; it is read again when it changes.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file with its private key in PEM.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>The data folder; default <c>RONDO_DATA</c>, then <c>$XDG_DATA_HOME/rondo</c>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>
    /// A file, readable for its owner alone, with the connection string of the PostgreSQL database that holds event
    /// streams, keys and all other tables; default what <c>RONDO_DATABASE</c> holds, else they are in the data folder.
    /// </summary>
    public string? DatabaseFile { get; init; }

    /// <summary>Whether to ask no server for anything.</summary>
    public bool Offline { get; init; }

    /// <summary>Whether to answer as the talks' small servers, too, and accept their key; on loopback alone.</summary>
    public bool Demo { get; init; }

    /// <summary>A file of rates to use instead of all other sources.</summary>
    public string? RatesFile { get; init; }

    /// <summary><c>text</c> or <c>json</c>.</summary>
    public string? LogFormat { get; init; }

    /// <summary>What carries the connections: <c>auto</c> (epoll on Linux), <c>epoll</c> or <c>sockets</c>.</summary>
    public string? Transport { get; init; }

    /// <summary>
    /// Where the first start writes the admin key, readable for its owner alone, instead of showing it. A file that is
    /// there already is left as it is, and the start refused.
    /// </summary>
    public string? AdminKeyFile { get; init; }

    /// <summary>The one to run, of <see cref="RondoServer.AllNames"/>; null for all of them.</summary>
    public string? Service { get; init; }

    /// <summary>
    /// Whether chat, currency, noise and weather run in processes of their own, which this one starts, and starts again
    /// when they end; the rest is here.
    /// </summary>
    public bool Split { get; init; }

    /// <summary>
    /// For a process that such a one has started: the data folder of that, whose settings count here, too. Clients are
    /// who the gateway in front says they are.
    /// </summary>
    public string? Front { get; init; }

    /// <summary>Stops the server as a signal does; default never.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>The address of the registry where the one service registers; null for none.</summary>
    public string? Registry { get; init; }

    /// <summary>The file with the key for that, readable for its owner alone.</summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// Where others reach this server, if not at the first of the addresses that it listens on.
    /// </summary>
    public string? Advertise { get; init; }

    /// <summary>
    /// Where the other nodes that share the database reach this one, if not at the first of the addresses that it
    /// listens on with a host of its own.
    /// </summary>
    public string? NodeAddress { get; init; }

    /// <summary>Whether what is printed is seen by somebody, who may scan a QR code.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether to log every request and what the services do.</summary>
    public bool Verbose { get; init; }
}
