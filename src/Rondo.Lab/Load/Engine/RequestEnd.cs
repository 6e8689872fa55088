namespace Rondo.Lab.Load.Engine;

/// <summary>How a request ended other than well.</summary>
internal enum RequestEnd
{
    ConnectError,
    TlsError,
    Reset,
    ClosedEarly,
    Timeout,
    Malformed,
}
