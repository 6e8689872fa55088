using System.Reflection;
using System.Text.Json;

namespace Rondo.Browser.Tests.Support;

/// <summary>The rules of axe-core, all of them: WCAG 2.2 up to AA and what it calls best practice.</summary>
internal static class Accessibility
{
    private static readonly Lazy<string> Rules = new(() =>
    {
        var folder = typeof(Accessibility).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Folder").Value!;
        var file = Path.Combine(folder, "accessibility", "node_modules", "axe-core", "axe.min.js");
        Assert.True(File.Exists(file), $"{file} is not there. Run ./dev test, which installs it.");
        return File.ReadAllText(file);
    });

    public static async Task AssertAccessibleAsync(this IPage page)
    {
        // By the debugger, which the page's content security policy does not bind.
        await page.EvaluateAsync($"() => {{ {Rules.Value} }}");
        var found = await page.EvaluateAsync<JsonElement>("() => axe.run(document)");
        var violations =
            from violation in found.GetProperty("violations").EnumerateArray()
            from node in violation.GetProperty("nodes").EnumerateArray()
            select $"{violation.GetProperty("id")}: {node.GetProperty("html")}\n{node.GetProperty("failureSummary")}";

        Assert.Empty(violations);
        Assert.NotEmpty(found.GetProperty("passes").EnumerateArray());
    }
}
