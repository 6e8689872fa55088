namespace Rondo.Runtime.Tests;

/// <summary>How often it looks, not how long. With one processor it never does.</summary>
public sealed class BriefSpinTests
{
    private static bool CanLook => Environment.ProcessorCount > 1;

    [Fact]
    public void Run_ItHasCome_LooksOnce()
    {
        var looks = 0;
        var spin = new BriefSpin(() => ++looks > 0, mostSkips: 3);

        Assert.Equal(CanLook, spin.Run());
        Assert.Equal(CanLook, spin.Run());
        Assert.Equal(CanLook ? 2 : 0, looks);
    }

    [Fact]
    public void Run_InVain_LooksLessAndLessOftenButNeverGivesUp()
    {
        var looks = 0;
        var spin = new BriefSpin(
            () =>
            {
                looks++;
                return false;
            },
            mostSkips: 3);

        Assert.Equal(
            CanLook ? "L-L---L---L---L" : "---------------",
            string.Concat(Enumerable.Range(0, 15).Select(_ => Look())));

        char Look()
        {
            var before = looks;
            Assert.False(spin.Run());
            return looks > before ? 'L' : '-';
        }
    }

    [Fact]
    public void Run_InVainAndThenNot_LooksEachTimeAgain()
    {
        var hasCome = false;
        var spin = new BriefSpin(() => hasCome, mostSkips: 1);

        Assert.False(spin.Run());
        hasCome = true;
        Assert.False(spin.Run());
        Assert.Equal(CanLook, spin.Run());
        Assert.Equal(CanLook, spin.Run());
    }
}
