using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Chat;

/// <summary>Somebody with a room's page open, and what they see and do there.</summary>
internal sealed class Chatter(Visitor visitor) : IAsyncDisposable
{
    public Visitor Visitor => visitor;

    public IPage Page => visitor.Page;

    public ILocator Messages => Page.Locator("#messages .message");

    public ILocator Texts => Page.Locator("#messages .message .text");

    public ILocator Waiting => Page.Locator("#waiting .message");

    public ILocator State => Page.Locator("#state");

    public ILocator Text => Page.GetByLabel("Message", new() { Exact = true });

    public ILocator Message(string text) => Messages.Filter(new() { HasText = text });

    /// <summary>Goes to a room under a name and waits until the page is live.</summary>
    public static async Task<Chatter> EnterAsync(
        Chromium chromium, RunningRondo rondo, string name, string room) =>
        await EnterAsync(await chromium.VisitAsync(rondo.Address), rondo, name, room);

    public static async Task<Chatter> EnterAsync(
        Visitor visitor, RunningRondo rondo, string name, string room)
    {
        var chatter = new Chatter(visitor);
        await visitor.Page.Context.AddCookiesAsync(
            [new Cookie { Name = "rondo_name", Value = Uri.EscapeDataString(name), Url = rondo.Address.ToString() }]);
        await visitor.Page.GotoAsync("/chat/" + room);
        await Expect(chatter.State).ToHaveTextAsync("Live");
        return chatter;
    }

    public async Task SayAsync(string text)
    {
        await Text.FillAsync(text);
        await Text.PressAsync("Enter");
    }

    /// <summary>Waits until everything said so far has its place in the room.</summary>
    public Task SettledAsync() => Expect(Waiting).ToHaveCountAsync(0);

    public ValueTask DisposeAsync() => visitor.DisposeAsync();
}
