using System.Diagnostics;
using Rondo.Browser.Tests.Chat;
using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests;

public sealed class TlsTests(Chromium chromium)
{
    [Fact]
    public async Task Trust_BeforeTheAuthorityIsTrusted_LooksWellAndScansInTheDark()
    {
        await using var rondo = await RunningRondo.StartTlsAsync();
        var plain = new UriBuilder(rondo.Address) { Scheme = "http" }.Uri;
        await using var visitor = await chromium.VisitAsync(plain);

        // Whatever is asked for leads there.
        await visitor.Page.GotoAsync("/chat");
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Trust this server");
        await visitor.AssertLooksAsync("trust");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Deutsch" }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Diesem Server vertrauen");

        await visitor.Page.SetViewportSizeAsync(400, 800);
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.Equal(new Uri(plain, "/trust").ToString(), await ScanAsync(visitor.Page.Locator(".qr")));
        visitor.AssertQuiet();
    }

    /// <summary>A browser that speaks HTTP/2 with a server that offers WebSockets over it uses them.</summary>
    [Fact]
    public async Task Chat_OverHttp2_IsLive()
    {
        await using var rondo = await RunningRondo.StartTlsAsync();
        var options = new VisitorOptions { TrustsAnyCertificate = true };
        await using var anna = await Chatter.EnterAsync(
            await chromium.VisitAsync(rondo.Address, options), rondo, "Anna", "lobby");
        await using var ben = await Chatter.EnterAsync(
            await chromium.VisitAsync(rondo.Address, options), rondo, "Ben", "lobby");
        Assert.Equal("h2", await anna.Page.EvaluateAsync<string>(
            "performance.getEntriesByType('navigation')[0].nextHopProtocol"));

        await anna.SayAsync("over http/2");
        await Expect(ben.Message("over http/2")).ToBeVisibleAsync();
        await ben.SayAsync("and back");
        await Expect(anna.Message("and back")).ToBeVisibleAsync();

        await anna.SettledAsync();
        anna.Visitor.AssertQuiet();
    }

    private static async Task<string> ScanAsync(ILocator code)
    {
        var file = Path.GetTempFileName();
        try
        {
            await code.ScreenshotAsync(new LocatorScreenshotOptions { Path = file, Type = ScreenshotType.Png });
            using var scanner = Process.Start(new ProcessStartInfo(
                "zbarimg", ["--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", "PNG:" + file])
            {
                RedirectStandardOutput = true,
            })!;
            var read = await scanner.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            return read.TrimEnd('\n');
        }
        finally
        {
            File.Delete(file);
        }
    }
}
