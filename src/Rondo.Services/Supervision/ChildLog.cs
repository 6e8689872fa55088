using System.Text.Json;

namespace Rondo.Services.Supervision;

/// <summary>
/// The error output of this process, as the supervised ones share it: each line is whole and says whose it is.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class ChildLog(TextWriter output, bool isJson)
{
    private const int NameWidth = 8;

    private readonly Lock _gate = new();

    public void Write(string service, string line)
    {
        var text = isJson ? Json(service, line) : $"{service.PadRight(NameWidth)} | {Plain(line)}";
        using var scope = _gate.EnterScope();
        try
        {
            output.WriteLine(text);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // Nobody reads it any more: no reason to keep the service from running.
        }
    }

    /// <summary>A line of a log in JSON stays one.</summary>
    private static string Json(string service, string line)
    {
        var name = JsonEncodedText.Encode(service).ToString();
        return line.Length > 2 && line[0] == '{' && line[^1] == '}'
            ? $$"""{"Service":"{{name}}",{{line.AsSpan(1)}}"""
            : $$"""{"Service":"{{name}}","Message":"{{JsonEncodedText.Encode(Plain(line))}}"}""";
    }

    // Nothing that a service writes may move a terminal's cursor.
    private static string Plain(string line) =>
        line.Any(IsControl) ? string.Concat(line.Where(c => !IsControl(c))) : line;

    private static bool IsControl(char character) => char.IsControl(character) && character is not '\t';
}
