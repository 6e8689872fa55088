using System.Collections.Concurrent;

namespace Rondo.Browser.Tests.Support;

/// <summary>One person's browser, which writes down what a page does that nobody sees.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public Visitor(IBrowserContext context, IPage page, Uri site)
    {
        _context = context;
        Page = page;
        context.Console += (_, line) => Note(line.Type is "error" or "warning", $"console {line.Type}: {line.Text}");
        context.WebError += (_, error) => _complaints.Enqueue($"exception: {error.Error}");
        context.Dialog += (_, dialog) =>
        {
            _complaints.Enqueue($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        context.Request += (_, request) => Note(!IsOf(site, request.Url), $"request elsewhere: {request.Url}");
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>Neither an error or warning on the console, nor a dialog, nor a request to anybody else.</summary>
    public void AssertQuiet() => Assert.Empty(_complaints);

    /// <summary>What was written down so far, which is then forgotten: for a test that provokes it.</summary>
    public string[] TakeComplaints()
    {
        var taken = _complaints.ToArray();
        _complaints.Clear();
        return taken;
    }

    /// <summary>
    /// In a wide window and on a telephone, in the light and in the dark: nothing is wider than the window, and no rule
    /// of accessibility is broken. Takes a picture of each.
    /// </summary>
    public async Task AssertLooksAsync(string name, bool isFull = true)
    {
        foreach (var width in new[] { 1100, 400 })
        {
            await Page.SetViewportSizeAsync(width, 800);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await PictureAsync($"{name}-{(scheme is ColorScheme.Dark ? "dark" : "light")}-{width}", isFull);
                await Page.AssertAccessibleAsync();
            }

            await AssertFitsAsync();
        }

        // A wide window whose text is four times as large.
        await Page.SetViewportSizeAsync(320, 640);
        await PictureAsync($"{name}-320", isFull);
        await AssertFitsAsync();
    }

    /// <summary>A picture for the eye, in the folder that <c>RONDO_SCREENSHOTS</c> names; without it none.</summary>
    public async Task PictureAsync(string name, bool isFull = true)
    {
        if (Environment.GetEnvironmentVariable("RONDO_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions
            {
                Path = Path.Combine(folder, name + ".png"),
                FullPage = isFull,
            });
        }
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private async Task AssertFitsAsync()
    {
        var (page, window) = (
            await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"),
            await Page.EvaluateAsync<int>("window.innerWidth"));
        Assert.True(page <= window, $"The page is {page} wide in a window of {window}.");
    }

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            _complaints.Enqueue(text);
        }
    }

    private static bool IsOf(Uri site, string url) =>
        new Uri(url) is var asked && (asked.Scheme is "data" or "blob" || asked.Authority == site.Authority);
}
