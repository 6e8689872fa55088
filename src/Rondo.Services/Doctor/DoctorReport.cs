using System.Text;
using System.Text.Json;

namespace Rondo.Services.Doctor;

/// <summary>Findings for people and for programs.</summary>
internal static class DoctorReport
{
    private const int CodeWidth = 20;

    /// <summary>A line for each finding; what is not well says why that matters and what to do.</summary>
    public static string Text(IReadOnlyList<Finding> findings, bool hasColor)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            var (word, color) = finding.State switch
            {
                FindingState.Ok => ("ok  ", 32),
                FindingState.Warn => ("warn", 33),
                _ => ("FAIL", 31),
            };
            var mark = hasColor ? $"\e[{color}m{word}\e[0m" : word;
            text.Append($"  {mark}  {finding.Code.PadRight(CodeWidth)} {finding.Measured}\n");
            if (finding.State is not FindingState.Ok)
            {
                var code = FindingCodes.Find(finding.Code)!;
                text.Append($"        {"",CodeWidth} {code.Why}\n        {"",CodeWidth} {code.Remedy}\n");
            }
        }

        var (warnings, failures) = (Count(findings, FindingState.Warn), Count(findings, FindingState.Fail));
        return text.Append(warnings + failures == 0 ? "All is well.\n"
            : $"{Number(failures, "failure")}, {Number(warnings, "warning")}; "
                + "'rondo doctor CODE' says more about one.\n").ToString();
    }

    /// <summary>The same as one JSON object.</summary>
    public static string Json(IReadOnlyList<Finding> findings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", Count(findings, FindingState.Fail) == 0);
            json.WriteStartArray("findings");
            foreach (var finding in findings)
            {
                var code = FindingCodes.Find(finding.Code)!;
                json.WriteStartObject();
                json.WriteString("code", finding.Code);
                json.WriteString("state", finding.State.ToString().ToLowerInvariant());
                json.WriteString("measured", finding.Measured);
                json.WriteString("why", code.Why);
                json.WriteString("remedy", code.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static int Count(IReadOnlyList<Finding> findings, FindingState state) =>
        findings.Count(f => f.State == state);

    private static string Number(int count, string word) => count == 1 ? $"1 {word}" : $"{count} {word}s";
}
