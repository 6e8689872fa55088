using System.Text;
using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Load.Ab;

/// <summary>What the user of <c>rondo ab</c> has asked for.</summary>
internal sealed class AbOptions
{
    private const string WithValue = "nctsbBpuTvxyzCHAPXgemZfEJ";
    private const string Without = "wiVkdSqlrhI";
    private const string Unsupported = "bBwxyzPXZfE";
    private const long ProgressFrom = 150;
    private const long RequestsOfATimeLimit = 50_000;

    private readonly CommandLine _line = new(WithValue, Without, ("also-json", 'J'), ("help", 'h'));

    public AbOptions(IReadOnlyList<string> arguments)
    {
        _line.Read(arguments);
        if (Unsupported.FirstOrDefault(_line.Has) is var letter && letter != default)
        {
            throw new LoadException($"-{letter} is not supported here", LoadExit.Usage);
        }

        Concurrency = (int)Math.Min(Personality.Count(_line, 'c', 1), int.MaxValue);
        TimeLimit = _line.Has('t') ? Personality.Seconds(_line, 't', 0) : null;
        Requests = Personality.Count(_line, 'n', TimeLimit is null ? 1 : RequestsOfATimeLimit);
        if (Concurrency > Requests && !WantsHelp && !WantsVersion)
        {
            throw new LoadException("cannot use concurrency level greater than total number of requests", LoadExit.Usage);
        }
    }

    public bool WantsHelp => _line.Has('h');

    public bool WantsVersion => _line.Has('V');

    public string? Url => _line.Rest is [var url] ? url : null;

    public int Concurrency { get; }

    public long Requests { get; }

    public double? TimeLimit { get; }

    public double TimeoutSeconds => Personality.Seconds(_line, 's', 30);

    public bool KeepsAlive => _line.Has('k');

    public bool HidesPercentiles => _line.Has('d');

    public bool HidesConfidence => _line.Has('S');

    public bool AcceptsLengths => _line.Has('l');

    public bool GoesOnAfterErrors => _line.Has('r');

    public bool ShowsProgress => Requests > ProgressFrom && !_line.Has('q');

    public string? BodyFile => _line.Value('p') ?? _line.Value('u');

    public string? PercentagesFile => _line.Value('e');

    public string? RequestsFile => _line.Value('g');

    public string? JsonFile => _line.Value('J');

    public string Method => _line.Value('m')
        ?? (_line.Has('p') ? "POST" : _line.Has('u') ? "PUT" : _line.Has('i') ? "HEAD" : "GET");

    /// <summary>How long one request is, once it is built.</summary>
    public int RequestBytes { get; private set; }

    /// <summary>The request as ab would send it: HTTP/1.0, with its headers in its order.</summary>
    public byte[] Request(TargetUrl target)
    {
        var request = new RequestText(Method, "1.0", target);
        if (KeepsAlive)
        {
            request.Add("Connection: Keep-Alive");
        }

        var own = _line.Values('H').ToList();
        AddUnless(own, request, "User-Agent: ApacheBench/2.3 (rondo)");
        AddUnless(own, request, "Accept: */*");
        foreach (var cookie in _line.Values('C'))
        {
            request.Add("Cookie: " + cookie);
        }

        if (_line.Value('A') is { } login)
        {
            request.Add("Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        }

        if (BodyFile is not null)
        {
            request.Add("Content-Type: " + (_line.Value('T') ?? "text/plain"));
        }

        own.ForEach(request.Add);
        var bytes = request.Build(Body());
        RequestBytes = bytes.Length;
        return bytes;
    }

    private static void AddUnless(List<string> own, RequestText request, string header)
    {
        var name = header[..(header.IndexOf(':', StringComparison.Ordinal) + 1)];
        if (!own.Exists(h => h.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        {
            request.Add(header);
        }
    }

    private byte[] Body()
    {
        try
        {
            return BodyFile is { } file ? File.ReadAllBytes(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"could not read the data file: {e.Message}", LoadExit.Usage);
        }
    }
}
