using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Board;

/// <summary>The first steps, as who has the key and as who has not; without a script, as the forms need none.</summary>
public sealed class SetupTests(Chromium chromium)
{
    [Fact]
    public async Task FirstSteps_ByTheAdmin_AreDoneAndByAGuestRefused()
    {
        await using var rondo = await RunningRondo.StartOwnAsync();
        await using var visitor = await chromium.VisitAsync(rondo.Address, new VisitorOptions { HasScripts = false });
        var page = visitor.Page;
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Complementary)).ToContainTextAsync("This board is new.");
        await visitor.PictureAsync("setup-new");
        await page.GetByRole(AriaRole.Link, new() { Name = "Set it up" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Uri(rondo.Address, "/login?next=%2Fboard%2Fsetup").ToString());

        await page.GetByLabel("Key").FillAsync(rondo.AdminKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await page.GetByLabel("What the place is called").FillAsync("Library North");
        await page.GetByLabel("Services").UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByLabel("What the room is called").FillAsync("Großer Saal");
        await page.GetByLabel("What it is for").SelectOptionAsync("library");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept it" }).ClickAsync();
        await Expect(page.GetByText("open", new() { Exact = true })).ToHaveCountAsync(0);
        await visitor.PictureAsync("setup-done");
        await page.GetByRole(AriaRole.Link, new() { Name = "To the board" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Library North");
        await Expect(page.GetByRole(AriaRole.Article)).ToContainTextAsync("Großer Saal");
        await Expect(page.GetByRole(AriaRole.Complementary)).ToHaveCountAsync(0);
        await Expect(page.Locator(".tile.services")).ToHaveCountAsync(0);
        visitor.AssertQuiet();

        await using var guest = await chromium.VisitAsync(rondo.Address);
        var answer = await guest.Page.Context.APIRequest.PostAsync("/board/setup", new() { Form = guest.Page.Context.APIRequest.CreateFormData().Set("step", "key") });
        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task Setup_AnyWindow_IsAccessibleQuietAndFits()
    {
        await using var rondo = await RunningRondo.StartOwnAsync();
        await MeasuredRoom.MakeAsync(rondo, "hall", "Hall", 45, 65);
        await using var visitor = await chromium.VisitAsync(rondo.Address);
        await visitor.Page.GotoAsync("/board/setup");
        await visitor.Page.GetByLabel("Key").FillAsync(rondo.AdminKey);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Set up the board");

        await visitor.AssertLooksAsync("setup");
        visitor.AssertQuiet();
    }
}
