using ChaosProgram;

namespace Rondo.Cli.Tests;

/// <summary>Whether the checker of <c>./dev chaos</c> sees each fault, and none in a healthy room.</summary>
public sealed class ChatCheckerTests
{
    private static readonly Deed Hello = new("a.1", DeedKind.Say, 0, "hello");
    private static readonly Deed Changed = new("a.2", DeedKind.Edit, 1, "hello all");
    private static readonly Deed Secret = new("b.1", DeedKind.Say, 0, "secret");
    private static readonly Deed Corrected = new("b.2", DeedKind.Edit, 3, "great secret");
    private static readonly Deed Removed = new("b.3", DeedKind.Delete, 3, "");

    private static readonly SeenEvent[] Kept =
    [
        new(1, SeenEvent.Message, "a.1", 0, "hello"),
        new(2, SeenEvent.Edit, "a.2", 1, "hello all"),
        new(3, SeenEvent.Erased, null, 0, null),
        new(4, SeenEvent.Erased, null, 0, null),
        new(5, SeenEvent.Delete, "b.3", 3, null),
    ];

    private static readonly SeenEvent[] Live =
    [
        Kept[0],
        Kept[1],
        new(3, SeenEvent.Message, "b.1", 0, "secret"),
        new(4, SeenEvent.Edit, "b.2", 3, "great secret"),
        Kept[4],
    ];

    private static readonly (long Seq, string Text)[] Shown = [(1, "hello all")];

    [Fact]
    public void Check_AHealthyRoom_FindsNothing() => Assert.Empty(Check(Kept, Shown, Live, Kept));

    [Fact]
    public void Check_ALostMessage_IsFound() => AssertFound(
        "was acknowledged as 1", Check([new(1, "lost", null, 0, null), .. Kept[1..]], [], Live));

    [Fact]
    public void Check_ALostEnd_IsFound() => AssertFound(
        "was acknowledged as 5, and there is nothing", Check(Kept[..4], Shown, Live[..4]));

    [Fact]
    public void Check_ADoubledMessage_IsFound() => AssertFound(
        "is there 2 times", Check([.. Kept, Kept[0] with { Seq = 6 }], [.. Shown, (6, "hello")]));

    [Fact]
    public void Check_ALostEdit_IsFound() => AssertFound(
        "a.2", Check([Kept[0], new(2, SeenEvent.Erased, null, 0, null), .. Kept[2..]], [(1, "hello")]));

    [Fact]
    public void Check_AnEditThatIsNotShown_IsFound() => AssertFound(
        "The history does not read", Check(Kept, [(1, "hello")]));

    [Fact]
    public void Check_AnErasureThatNobodyAskedFor_IsFound() => AssertFound(
        "was acknowledged as 1", Check([new(1, SeenEvent.Erased, null, 0, null), .. Kept[1..]], []));

    [Fact]
    public void Check_ADeletionWithoutErasure_IsFound() => AssertFound(
        "'secret' was deleted", Check([.. Kept[..2], Live[2], .. Kept[3..]], Shown));

    [Fact]
    public void Check_AnEditThatOutlivesItsMessage_IsFound() => AssertFound(
        "'great secret' was deleted", Check([.. Kept[..3], Live[3], Kept[4]], Shown));

    [Fact]
    public void Check_AnEditBehindTheDeletion_IsFound() => AssertFound(
        "comes after its deletion", Check([.. Kept, Live[3] with { Seq = 6, ClientId = "b.4" }], Shown));

    [Fact]
    public void Check_AMissedEvent_IsFound() => AssertFound(
        "client 0 the events go from 1 to 3", Check(Kept, Shown, [Live[0], .. Live[2..]]));

    [Fact]
    public void Check_AMissedEnd_IsFound() => AssertFound("client 0 saw 4 of 5", Check(Kept, Shown, Live[..4]));

    [Fact]
    public void Check_AnEventTwice_IsFound() => AssertFound(
        "the events go from 2 to 2", Check(Kept, Shown, [.. Live[..2], .. Live[1..]]));

    [Fact]
    public void Check_AnotherOrder_IsFound() => AssertFound(
        "client 1 saw", Check(Kept, Shown, Live, [Live[1] with { Seq = 1 }, Live[0] with { Seq = 2 }, .. Live[2..]]));

    [Fact]
    public void Check_TwoTextsUnderOneNumber_IsFound() => AssertFound(
        "different ones to different clients",
        Check(Kept, Shown, Live, [.. Live[..2], Live[2] with { Text = "x" }, .. Live[3..]]));

    [Fact]
    public void See_TextAfterItsDeletionWasAcknowledged_IsFound()
    {
        var checker = Acknowledged();
        var late = checker.Watch("late");
        foreach (var seen in Live)
        {
            late.See(seen, long.MaxValue);
        }

        AssertFound("late was given 'secret' after", checker.Check(Kept, Shown));
    }

    [Fact]
    public void Acknowledge_AnotherNumberTheSecondTime_IsFound()
    {
        var checker = Acknowledged();
        checker.Acknowledge(Hello, 9);

        AssertFound("as 1 and then as 9", checker.Check(Kept, Shown));
    }

    [Fact]
    public void Find_DeletedTextInAFile_IsFound()
    {
        var folder = Directory.CreateTempSubdirectory("rondo-held-").FullName;
        try
        {
            var (left, gone) = ($"a {HeldText.Mark}0123456789abcdef", $"b {HeldText.Mark}fedcba9876543210");
            File.WriteAllText(Path.Combine(folder, "events.db"), $"....{left}....{gone}....");

            Assert.Equal([$"'{gone}' was deleted, and lies in events.db"], HeldText.Find(folder, [gone]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ChatChecker Acknowledged()
    {
        var checker = new ChatChecker();
        foreach (var (deed, seq) in new[] { (Hello, 1), (Changed, 2), (Secret, 3), (Corrected, 4), (Removed, 5) })
        {
            checker.Attempt(deed);
            checker.Acknowledge(deed, seq);
        }

        return checker;
    }

    private static IReadOnlyList<string> Check(
        SeenEvent[] kept, (long Seq, string Text)[] shown, params SeenEvent[][] clients)
    {
        var checker = Acknowledged();
        for (var i = 0; i < clients.Length; i++)
        {
            var log = checker.Watch($"client {i}");
            foreach (var seen in clients[i])
            {
                log.See(seen, since: 0);
            }
        }

        return checker.Check(kept, shown);
    }

    private static void AssertFound(string what, IReadOnlyList<string> violations) =>
        Assert.Contains(violations, v => v.Contains(what, StringComparison.Ordinal));
}
