using System.Text;

namespace Rondo.Lab.Load.Targets;

/// <summary>Builds the bytes of the request, once per run.</summary>
internal sealed class RequestText(string method, string version, TargetUrl target)
{
    private readonly List<(string Name, string Value)> _headers = [];

    /// <summary>The empty line behind the headers.</summary>
    public static ReadOnlySpan<byte> End => "\r\n"u8;

    /// <summary>Adds a header line, or replaces those of the same name that Rondo would send by itself.</summary>
    /// <exception cref="LoadException">It has no colon, or what no header can have.</exception>
    public void Add(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || line.Any(c => (char.IsControl(c) && c != '\t') || c > '\u00FF'))
        {
            throw new LoadException($"'{line}' is no header such as 'Accept: text/plain'", LoadExit.Usage);
        }

        _headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
    }

    public bool Has(string name) => _headers.Any(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Head and body.</summary>
    public byte[] Build(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder($"{method} {target.PathAndQuery} HTTP/{version}\r\n");
        if (!Has("Host"))
        {
            text.Append($"Host: {target.Authority}\r\n");
        }

        foreach (var (name, value) in _headers)
        {
            text.Append($"{name}: {value}\r\n");
        }

        if (!body.IsEmpty && !Has("Content-Length"))
        {
            text.Append($"Content-Length: {body.Length}\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(text.ToString()), .. End, .. body];
    }
}
