using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Chat;

/// <summary>Text that would like to be more than text.</summary>
public sealed class HostileTextTests(Chromium chromium, RunningRondo rondo)
{
    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</li></ol><script>alert(2)</script>",
        "<svg/onload=alert(3)>",
        "javascript:alert(4)",
        "[x](javascript:alert(5))",
        "data:text/html,<script>alert(6)</script>",
        "http://a\"onmouseover=alert(7)",
        "https://a.example/<b>'\"&amp;",
        "&lt;script&gt;alert(8)&lt;/script&gt;",
        "{{constructor.constructor('alert(9)')()}}",
        "\u202Egnp.exe",
        "\u001b[31mred\u001b[0m",
        "https://\u0430pple.example/",
        "https://a.example/\u001bb, xhttps://b.example (http://c.example/d).",
    ];

    [Fact]
    public async Task Text_Hostile_IsShownAsItIs()
    {
        var room = await rondo.MakeRoomAsync(topic: "<i>Topic</i>");
        await using var eve = await Chatter.EnterAsync(chromium, rondo, "<b>Eve</b>", room);
        for (var i = 0; i < Hostile.Length; i++)
        {
            await eve.SayAsync($"{i}: {Hostile[i]}");
        }

        await eve.SettledAsync();
        await AssertHarmlessAsync(eve.Page);
        await eve.Visitor.PictureAsync("chat-hostile", isFull: false);

        await eve.Page.ReloadAsync();
        await Expect(eve.State).ToHaveTextAsync("Live");
        await AssertHarmlessAsync(eve.Page);
        eve.Visitor.AssertQuiet();

        await using var reader = await chromium.VisitAsync(rondo.Address, new VisitorOptions { HasScripts = false });
        await reader.Page.GotoAsync("/chat/" + room);
        await AssertHarmlessAsync(reader.Page);
        reader.AssertQuiet();
    }

    [Fact]
    public async Task Markup_InsideThePage_CannotRunAnything()
    {
        await using var visitor = await chromium.VisitAsync(rondo.Address);
        await visitor.Page.GotoAsync("/chat");

        await visitor.Page.Locator("#messages").EvaluateAsync(
            "list => { list.innerHTML = '<li><img src=x onerror=\"document.title=1\"></li>'; }");

        await Expect(visitor.Page).ToHaveTitleAsync("lobby · Rondo");
        Assert.Contains(visitor.TakeComplaints(), c => c.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    private static async Task AssertHarmlessAsync(IPage page)
    {
        var texts = page.Locator("#messages .text");
        Assert.Equal(Hostile.Select((text, i) => $"{i}: {text}"), await texts.AllTextContentsAsync());
        Assert.Equal(0, await page.Locator(".chat :is(script, img, svg, b, i)").CountAsync());
        var links = await texts.Locator("a").EvaluateAllAsync<string[]>(
            "links => links.map(l => l.protocol + ' ' + l.rel + ' ' + l.getAttributeNames().sort())");
        Assert.Equal(5, links.Length);
        Assert.All(links, link => Assert.Matches("^https?: noopener nofollow ugc href,rel(,title)?$", link));
        await Expect(page.Locator("#messages .who").First).ToHaveTextAsync("<b>Eve</b>");
        await Expect(page.Locator("#topic")).ToHaveTextAsync("<i>Topic</i>");
    }
}
