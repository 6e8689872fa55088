namespace Rondo.Lab.Load;

/// <summary>What has happened to requests and connections. Each request ends in exactly one of the first ten.</summary>
internal sealed record LoadCounts
{
    /// <summary>Whole responses with the right status and body.</summary>
    public long Completed { get; set; }

    /// <summary>No connection came about.</summary>
    public long ConnectErrors { get; set; }

    /// <summary>Connected, but the TLS handshake failed.</summary>
    public long TlsErrors { get; set; }

    /// <summary>The connection was reset under a request.</summary>
    public long Resets { get; set; }

    /// <summary>The server closed the connection before the response was whole.</summary>
    public long ClosedEarly { get; set; }

    /// <summary>No whole response within the limit.</summary>
    public long Timeouts { get; set; }

    /// <summary>What came was no HTTP/1.</summary>
    public long Malformed { get; set; }

    public long WrongStatus { get; set; }

    public long WrongBody { get; set; }

    /// <summary>Still without a whole response when the run ended.</summary>
    public long AbortedAtEnd { get; set; }

    /// <summary>Requests whose first byte was sent.</summary>
    public long Sent { get; set; }

    /// <summary>Open load: requests that were due while the run lasted.</summary>
    public long Due { get; set; }

    /// <summary>Open load: requests that were due while every connection was busy.</summary>
    public long Waited { get; set; }

    public long ConnectionsOpened { get; set; }

    public long BytesReceived { get; set; }

    public long BodyBytes { get; set; }

    /// <summary>Responses after which the server kept the connection.</summary>
    public long KeptAlive { get; set; }

    /// <summary>Responses outside 200 to 299.</summary>
    public long NotSuccessful { get; set; }

    /// <summary>Responses outside 200 to 399.</summary>
    public long NotSuccessfulNorRedirected { get; set; }

    /// <summary>Everything that is no success.</summary>
    public long Failed =>
        ConnectErrors + TlsErrors + Resets + ClosedEarly + Timeouts + Malformed + WrongStatus + WrongBody;

    /// <summary>Everything that has ended, one way or another.</summary>
    public long Ended => Completed + Failed;

    public void Add(LoadCounts other)
    {
        Completed += other.Completed;
        ConnectErrors += other.ConnectErrors;
        TlsErrors += other.TlsErrors;
        Resets += other.Resets;
        ClosedEarly += other.ClosedEarly;
        Timeouts += other.Timeouts;
        Malformed += other.Malformed;
        WrongStatus += other.WrongStatus;
        WrongBody += other.WrongBody;
        AbortedAtEnd += other.AbortedAtEnd;
        Sent += other.Sent;
        Due += other.Due;
        Waited += other.Waited;
        ConnectionsOpened += other.ConnectionsOpened;
        BytesReceived += other.BytesReceived;
        BodyBytes += other.BodyBytes;
        KeptAlive += other.KeptAlive;
        NotSuccessful += other.NotSuccessful;
        NotSuccessfulNorRedirected += other.NotSuccessfulNorRedirected;
    }
}
