[assembly: AssemblyFixture(typeof(Rondo.Browser.Tests.Support.Chromium))]

namespace Rondo.Browser.Tests.Support;

/// <summary>
/// Debian's Chromium without a window, one for all tests; each visitor has a profile of its own in it.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    internal const string Executable = "/usr/bin/chromium";

    /// <summary>What a page may take to show what is expected; a busy machine needs most of it.</summary>
    private const float PatienceMilliseconds = 30_000;

    // Everything the browser would ask the network for on its own is off: the tests see only what a page asks for.
    internal static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Executable), $"{Executable} is not there. Run ./dev test, which installs it.");
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Executable, Headless = true, Args = Arguments });
    }

    /// <summary>A person with a browser of their own who has not been to the site yet.</summary>
    internal Task<Visitor> VisitAsync(Uri site, VisitorOptions? options = null) => VisitAsync(_browser!, site, options);

    internal static async Task<Visitor> VisitAsync(IBrowser browser, Uri site, VisitorOptions? options = null)
    {
        var wish = options ?? new VisitorOptions();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site.ToString(),
            ViewportSize = new ViewportSize { Width = wish.Width, Height = wish.Height },
            JavaScriptEnabled = wish.HasScripts,
            IgnoreHTTPSErrors = wish.TrustsAnyCertificate,
            ReducedMotion = wish.HasReducedMotion ? ReducedMotion.Reduce : ReducedMotion.NoPreference,
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        return new Visitor(context, await context.NewPageAsync(), site);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}
