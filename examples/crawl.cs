#:project ../src/Rondo.Lab
// A crawler: every page once, four at a time. Each page is a task of a group, and the crawl ends when all have ended,
// however deep the links go. The site is the program's own.
//
// > 11 pages
// > never more than 4 at once: True
// > / /1 /1/1 /1/2 /1/3 /2 /2/1 /2/2 /2/3 /3 /nowhere
// > not found: /nowhere

using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Rondo.Lab.Models;
using Rondo.Runtime;
using Rondo.Runtime.Tasks;

EventLoop.Run(async () =>
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    var (atOnce, most) = (0, 0);
    var site = EventLoop.Running!.CreateTask(() => LoopHttpServer.ServeAsync(listener, async path =>
    {
        most = Math.Max(most, ++atOnce);
        await EventLoop.Running!.Delay(TimeSpan.FromMilliseconds(10));
        atOnce--;
        return Page(path);
    }));

    var pages = await CrawlAsync($"http://{listener.LocalEndpoint}");
    Console.WriteLine($"{pages.Count} pages");
    Console.WriteLine($"never more than 4 at once: {most <= 4}");
    Console.WriteLine(string.Join(' ', pages.Keys.Order(StringComparer.Ordinal)));
    var missing = pages.Where(p => p.Value == HttpStatusCode.NotFound).Select(p => p.Key);
    Console.WriteLine($"not found: {string.Join(' ', missing)}");
    site.Cancel();
});

// No lock: everything here runs on the loop's thread.
static async Task<Dictionary<string, HttpStatusCode?>> CrawlAsync(string site)
{
    using var client = new HttpClient { BaseAddress = new Uri(site) };
    using var places = new SemaphoreSlim(4);
    var pages = new Dictionary<string, HttpStatusCode?>();
    await TaskGroup.RunAsync(group =>
    {
        Visit("/");
        return Task.CompletedTask;

        void Visit(string page)
        {
            if (pages.TryAdd(page, null))
            {
                group.Start(() => ReadAsync(page), page);
            }
        }

        async Task ReadAsync(string page)
        {
            await places.WaitAsync(group.Token);
            try
            {
                using var answer = await client.GetAsync(page, group.Token);
                pages[page] = answer.StatusCode;
                foreach (Match link in Regex.Matches(await answer.Content.ReadAsStringAsync(), "href=\"([^\"]+)\""))
                {
                    Visit(link.Groups[1].Value);
                }
            }
            finally
            {
                places.Release();
            }
        }
    });
    return pages;
}

static HttpAnswer Page(string path) => path switch
{
    "/" => """<a href="/1">1</a> <a href="/2">2</a> <a href="/3">3</a>""",
    "/1" or "/2" => $"""<a href="{path}/1">1</a> <a href="{path}/2">2</a> <a href="{path}/3">3</a>""",
    "/3" => """<a href="/nowhere">broken</a> <a href="/1/1">elsewhere</a>""",
    "/1/1" or "/1/2" or "/1/3" or "/2/1" or "/2/2" or "/2/3" => """<a href="/">home</a>""",
    _ => new HttpAnswer(404, "not found"),
};
