using System.Diagnostics;
using System.Reflection;
using Rondo.Browser.Tests.Chat;
using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Pictures;

/// <summary>
/// Takes the pictures of docs/images from a running <c>rondo up --demo</c>: <c>./dev pictures</c>. They show levels and
/// times of the moment, so they are taken when asked for.
/// </summary>
public sealed class DocumentPictures(Chromium chromium)
{
    private const int MostBytes = 150_000;

    private static readonly string Root = Path.GetFullPath(Path.Combine(
        typeof(DocumentPictures).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Folder").Value!,
        "..",
        ".."));

    private static readonly string Images = Path.Combine(Root, "docs", "images");

    [Fact(Explicit = true)]
    public async Task Take()
    {
        var rondo = await RunningRondo.StartDemoAsync();
        try
        {
            await using var visitor = await chromium.VisitAsync(rondo.Address, new() { Width = 1000, Height = 640 });
            await visitor.Page.GotoAsync("/");
            await Expect(visitor.Page.Locator(".level").First).ToBeVisibleAsync();
            await TakeAsync(visitor.Page, "board");
            await visitor.Page.GotoAsync("/noise");
            await Expect(visitor.Page.GetByRole(AriaRole.Heading).First).ToBeVisibleAsync();
            await TakeAsync(visitor.Page, "noise");

            await using var ada = await Chatter.EnterAsync(
                await chromium.VisitAsync(rondo.Address, new() { Width = 800, Height = 640 }), rondo, "Ada", "lobby");
            await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", "lobby");
            await Expect(ada.Page.Locator("#people li")).ToContainTextAsync(["Ada you", "Bob"]);
            await ada.SayAsync("Is the workshop room free this afternoon?");
            await Expect(bob.Message("this afternoon")).ToBeVisibleAsync();
            await bob.SayAsync("From two o'clock on. It was loud there until noon.");
            await Expect(ada.Message("From two o'clock")).ToBeVisibleAsync();
            await ada.SayAsync("Then I take it from two to four.");
            await Expect(bob.Message("two to four")).ToBeVisibleAsync();
            await ada.SettledAsync();
            await TakeAsync(ada.Page, "chat");
        }
        finally
        {
            await rondo.DisposeAsync();
        }

        await TakeReportAsync();
    }

    // Of a recorded result, so that its figures are those of docs/lab.md.
    private async Task TakeReportAsync()
    {
        var report = Path.Combine(Directory.CreateTempSubdirectory("rondo-pictures-").FullName, "report.html");
        var result = Path.Combine(Root, "lab", "results", "lab-io-50ms.json");
        using var lab = Process.Start(new ProcessStartInfo(
            RunningRondo.Executable, ["lab", "run", "--from", result, "--report", report])
        {
            RedirectStandardOutput = true,
        })!;
        await lab.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await lab.WaitForExitAsync(TestContext.Current.CancellationToken);
        await using var visitor = await chromium.VisitAsync(new Uri("file:///"), new() { Width = 1180, Height = 800 });
        await visitor.Page.GotoAsync(new Uri(report).ToString());
        await TakeAsync(visitor.Page, "lab-report");
        Directory.Delete(Path.GetDirectoryName(report)!, recursive: true);
    }

    private static async Task TakeAsync(IPage page, string name)
    {
        foreach (var (scheme, suffix) in new[] { (ColorScheme.Light, "light"), (ColorScheme.Dark, "dark") })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            var file = Path.Combine(Images, $"{name}-{suffix}.png");
            await page.ScreenshotAsync(new() { Path = file });
            Assert.InRange(new FileInfo(file).Length, 1, MostBytes);
        }
    }
}
