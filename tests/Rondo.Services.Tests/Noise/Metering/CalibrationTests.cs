using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Tests.Noise.Metering;

public sealed class CalibrationTests
{
    [Theory]
    [InlineData(94, -26, 120.0)]
    [InlineData(114, -6, 120.0)]
    [InlineData(62.3, -48.5, 110.8)]
    [InlineData(500, -26, null)]
    [InlineData(30, -90, null)]
    [InlineData(94, -126, null)]
    [InlineData(94, double.NegativeInfinity, null)]
    [InlineData(double.NaN, -26, null)]
    [InlineData(94, double.NaN, null)]
    public void FromReference_KnownLevel_IsTheDifferenceOrNothing(
        double reference, double measured, double? expected) =>
        AssertOffset(expected, Calibration.FromReference(reference, measured));

    [Theory]
    [InlineData(60, 60.0)]
    [InlineData(180, 180.0)]
    [InlineData(59.9, null)]
    [InlineData(500, null)]
    [InlineData(double.NaN, null)]
    public void FromOffset_PossibleOne_IsItself(double offset, double? expected) =>
        AssertOffset(expected, Calibration.FromOffset(offset));

    /// <summary>Both microphones in one sound: the other shows 70 dB(A), and so shall this one.</summary>
    [Fact]
    public void FromOther_SameSound_MakesBothShowTheSame()
    {
        var offset = Calibration.FromOther(otherOffset: 118, otherMeasured: -48, measured: -55.5);

        Assert.Equal(118 - 48, offset!.Value - 55.5);
        Assert.Null(Calibration.FromOther(118, -48, double.NegativeInfinity));
    }

    private static void AssertOffset(double? expected, double? actual)
    {
        Assert.Equal(expected is null, actual is null);
        Assert.Equal(expected ?? 0, actual ?? 0, 1e-9);
    }
}
