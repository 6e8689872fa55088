using System.Text.RegularExpressions;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>The tables of docs/services/framing.md, as bytes in characters.</summary>
internal static partial class FramingDocument
{
    private const string Fields = "POST / HTTP/1.1\r\nHost: x\r\n";
    private const string Chunked = Fields + "Transfer-Encoding: chunked\r\n\r\n";

    /// <summary>What is refused: request, answer, doubt, and whether the application sees the head.</summary>
    public static IEnumerable<(string Request, int Status, string Doubt, bool IsSeen)> Refused =>
        Rows("Refused heads", "", false)
            .Concat(Rows("Refused fields", Fields, false))
            .Concat(Rows("Refused bodies", Chunked, true));

    /// <summary>What is accepted, with its body.</summary>
    public static IEnumerable<(string Request, string Body)> Accepted =>
        new ServiceDocument("framing").Table("Accepted").Select(r => (Bytes(r[0]), Bytes(r[1])));

    private static IEnumerable<(string Request, int Status, string Doubt, bool IsSeen)> Rows(
        string heading, string start, bool isSeen) =>
        new ServiceDocument("framing").Table(heading)
            .Select(r => (start + Bytes(r[0]), int.Parse(r[1], null), r[2], isSeen));

    private static string Bytes(string cell) => Repeated()
        .Replace(cell, m => new string(m.Groups[1].Value[0], int.Parse(m.Groups[2].Value, null)))
        .Replace("\\r", "\r", StringComparison.Ordinal)
        .Replace("\\n", "\n", StringComparison.Ordinal)
        .Replace("\\t", "\t", StringComparison.Ordinal)
        .Replace("\\v", "\v", StringComparison.Ordinal)
        .Replace("\\0", "\0", StringComparison.Ordinal);

    [GeneratedRegex(@"\{(.)\*(\d+)\}")]
    private static partial Regex Repeated();
}
