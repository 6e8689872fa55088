using Rondo.Runtime.Testing;
using Rondo.Services.Chat;
using Rondo.Services.Hosting;

namespace Rondo.Services.Tests.Chat;

public sealed class PresenceTests
{
    private static readonly Person Ann = new("a", "Ann", ChatRole.Guest);
    private static readonly Person Bob = new("b", "Bob", ChatRole.Guest);

    [Fact]
    public void Enter_ForFiveSeconds_IsTold() => VirtualLoop.Run(async virtualLoop =>
    {
        var (presence, told) = Make(virtualLoop);
        presence.Enter(Ann);
        Assert.Equal([Ann], presence.Present);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(4.9));
        Assert.Empty(told);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(1.2));
        Assert.Equal(["+Ann"], told);
    });

    [Fact]
    public void Leave_AndBackWithinFiveSeconds_IsNotTold() => VirtualLoop.Run(async virtualLoop =>
    {
        var (presence, told) = Make(virtualLoop);
        presence.Enter(Ann);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(10));
        told.Clear();
        presence.Leave("a");
        Assert.Empty(presence.Present);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.True(presence.IsTaken("ann", "b"));
        presence.Enter(Ann);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(told);
        presence.Leave("a");
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(7));
        Assert.Equal(["-a"], told);
        Assert.False(presence.IsTaken("ann", "b"));
        Assert.False(presence.IsAnybodyKnown);
    });

    [Fact]
    public void Enter_AndGoneWithinFiveSeconds_IsNeverTold() => VirtualLoop.Run(async virtualLoop =>
    {
        var (presence, told) = Make(virtualLoop);
        presence.Enter(Ann);
        presence.Leave("a");
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(told);
    });

    [Fact]
    public void Leave_OneOfTwoTabs_IsNothing() => VirtualLoop.Run(async virtualLoop =>
    {
        var (presence, told) = Make(virtualLoop);
        presence.Enter(Ann);
        presence.Enter(Ann);
        presence.Leave("a");
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["+Ann"], told);
        Assert.Equal([Ann], presence.Present);
    });

    [Fact]
    public void Enter_AThousandAtOnce_IsToldOverTenSeconds() => VirtualLoop.Run(async virtualLoop =>
    {
        var frames = new List<int>();
        var presence = new Presence(virtualLoop.Loop, (came, _) => frames.Add(came.Count));
        for (var i = 0; i < 1000; i++)
        {
            presence.Enter(new Person($"p{i}", $"person {i}", ChatRole.Guest));
        }

        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(7.5));
        Assert.Equal([100, 100], frames);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(Enumerable.Repeat(100, 10), frames);
    });

    [Fact]
    public void Leave_BeforeACrowdWasToldOf_IsToldOnlyIfTheOthersKnow() => VirtualLoop.Run(async virtualLoop =>
    {
        var (presence, told) = Make(virtualLoop);
        presence.Enter(Ann);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 900; i++)
        {
            presence.Enter(new Person($"p{i}", $"person {i}", ChatRole.Guest));
        }

        presence.Enter(Bob);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(5.5));
        told.Clear();
        presence.Change(Ann with { Name = "Cleo" });
        presence.Leave("a");
        presence.Leave("b");
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(901, told.Count);
        Assert.Contains("-a", told);
        Assert.DoesNotContain("-b", told);
        Assert.DoesNotContain("+Bob", told);
    });

    [Fact]
    public void Change_OfAName_IsToldAndFreesTheOld() => VirtualLoop.Run(async virtualLoop =>
    {
        var (presence, told) = Make(virtualLoop);
        presence.Enter(Ann);
        presence.Enter(Bob);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(10));
        told.Clear();
        presence.Change(Ann with { Name = "Cleo" });
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(["+Cleo"], told);
        Assert.False(presence.IsTaken("Ann", "b"));
        Assert.True(presence.IsTaken("cleo", "b"));
        Assert.False(presence.IsTaken("cleo", "a"));
    });

    [Fact]
    public void Typing_Again_IsToldAfterThreeSecondsAndOverAfterFive() => VirtualLoop.Run(async virtualLoop =>
    {
        var typing = new Typing(virtualLoop.Loop.TimeProvider);
        Assert.True(typing.Begin("a"));
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(2.9));
        Assert.False(typing.Begin("a"));
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(0.2));
        Assert.True(typing.Begin("a"));
        Assert.Equal(["a"], typing.Now);
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(typing.Now);
        Assert.True(typing.Begin("a"));
        typing.End("a");
        Assert.True(typing.Begin("a"));
    });

    [Fact]
    public void TokenBucket_Burst_ThenSoManyASecond() => VirtualLoop.Run(async virtualLoop =>
    {
        var bucket = new TokenBucket(virtualLoop.Loop.TimeProvider);
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(bucket.TryTake(5, 10));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(200), bucket.TryTake(5, 10));
        await virtualLoop.AdvanceAsync(TimeSpan.FromMilliseconds(201));
        Assert.Null(bucket.TryTake(5, 10));
        Assert.NotNull(bucket.TryTake(5, 10));
        await virtualLoop.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.True(bucket.IsFull(5));
    });

    private static (Presence Presence, List<string> Told) Make(VirtualLoop virtualLoop)
    {
        var told = new List<string>();
        return (new Presence(virtualLoop.Loop, (came, gone) =>
        {
            told.AddRange(came.Select(p => "+" + p.Name));
            told.AddRange(gone.Select(id => "-" + id));
        }), told);
    }
}
