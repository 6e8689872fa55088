using System.CommandLine;
using Rondo.Services;

namespace Rondo.Cli;

/// <summary>The options that say how to listen with TLS.</summary>
internal sealed class TlsCommandOptions
{
    private readonly Option<bool> _tls = new("--tls")
    {
        Description = "Listen on https://0.0.0.0:8443, with a certificate of a local authority; /trust says how phones "
            + "trust it",
    };

    private readonly Option<string[]> _hosts = new("--host")
    {
        Description = "A name or address of this host, for that certificate, besides those that it knows itself; "
            + "may be repeated",
        HelpName = "NAME",
    };

    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "A certificate to use instead, in PEM; it is read again when it changes",
        HelpName = "FILE",
    };

    private readonly Option<string?> _certificateKey = new("--certificate-key")
    {
        Description = "Its private key, in PEM",
        HelpName = "FILE",
    };

    public TlsCommandOptions(Command command)
    {
        command.Add(_tls);
        command.Add(_hosts);
        command.Add(_certificate);
        command.Add(_certificateKey);
    }

    public ServerOptions Read(ParseResult parsed, ServerOptions options) => options with
    {
        Tls = parsed.GetValue(_tls),
        Hosts = parsed.GetValue(_hosts) ?? [],
        Certificate = parsed.GetValue(_certificate),
        CertificateKey = parsed.GetValue(_certificateKey),
        OutputIsTerminal = StandardStreams.OutputIsTerminal,
    };
}
