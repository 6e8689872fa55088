namespace Rondo.Services.Tests.Noise.Metering;

/// <summary>
/// The third octaves of IEC 61672-1: frequency, A and C in dB as printed, and how far a meter of each class may be off,
/// below and above.
/// </summary>
internal static class WeightingTable
{
    private const double Any = double.PositiveInfinity;

    /// <param name="Nominal">Hz, as printed.</param>
    /// <param name="A">dB.</param>
    /// <param name="C">dB.</param>
    /// <param name="Class1">How much lower and higher it may be, dB.</param>
    /// <param name="Class2">The same for class 2.</param>
    public sealed record Band(
        double Nominal, double A, double C, (double Below, double Above) Class1, (double Below, double Above) Class2)
    {
        /// <summary>Hz; what the printed one stands for.</summary>
        public double Exact => 1000 * Math.Pow(10, Math.Round(10 * Math.Log10(Nominal / 1000)) / 10);

        public bool IsClass1(double error) => error <= Class1.Above && -error <= Class1.Below;

        public bool IsClass2(double error) => error <= Class2.Above && -error <= Class2.Below;
    }

    public static IReadOnlyList<Band> Bands { get; } =
    [
        new(10, -70.4, -14.3, (Any, 3), (Any, 5)), new(12.5, -63.4, -11.2, (Any, 2.5), (Any, 5)),
        new(16, -56.7, -8.5, (4, 2), (Any, 5)), new(20, -50.5, -6.2, (2, 2), (3, 3)),
        new(25, -44.7, -4.4, (1.5, 2), (3, 3)), new(31.5, -39.4, -3.0, (1.5, 1.5), (3, 3)),
        new(40, -34.6, -2.0, (1, 1), (2, 2)), new(50, -30.2, -1.3, (1, 1), (2, 2)),
        new(63, -26.2, -0.8, (1, 1), (2, 2)), new(80, -22.5, -0.5, (1, 1), (2, 2)),
        new(100, -19.1, -0.3, (1, 1), (1.5, 1.5)), new(125, -16.1, -0.2, (1, 1), (1.5, 1.5)),
        new(160, -13.4, -0.1, (1, 1), (1.5, 1.5)), new(200, -10.9, 0, (1, 1), (1.5, 1.5)),
        new(250, -8.6, 0, (1, 1), (1.5, 1.5)), new(315, -6.6, 0, (1, 1), (1.5, 1.5)),
        new(400, -4.8, 0, (1, 1), (1.5, 1.5)), new(500, -3.2, 0, (1, 1), (1.5, 1.5)),
        new(630, -1.9, 0, (1, 1), (1.5, 1.5)), new(800, -0.8, 0, (1, 1), (1.5, 1.5)),
        new(1000, 0, 0, (0.7, 0.7), (1, 1)), new(1250, 0.6, 0, (1, 1), (1.5, 1.5)),
        new(1600, 1.0, -0.1, (1, 1), (2, 2)), new(2000, 1.2, -0.2, (1, 1), (2, 2)),
        new(2500, 1.3, -0.3, (1, 1), (2.5, 2.5)), new(3150, 1.2, -0.5, (1, 1), (2.5, 2.5)),
        new(4000, 1.0, -0.8, (1, 1), (3, 3)), new(5000, 0.5, -1.3, (1.5, 1.5), (3.5, 3.5)),
        new(6300, -0.1, -2.0, (2, 1.5), (4.5, 4.5)), new(8000, -1.1, -3.0, (2.5, 1.5), (5, 5)),
        new(10000, -2.5, -4.4, (3, 2), (Any, 5)), new(12500, -4.3, -6.2, (5, 2), (Any, 5)),
        new(16000, -6.6, -8.5, (16, 2.5), (Any, 5)), new(20000, -9.3, -11.2, (Any, 3), (Any, 5)),
    ];

    /// <summary>Those that a recording of this rate can hold at all.</summary>
    public static IEnumerable<Band> Below(int rate) => Bands.Where(b => b.Exact < rate / 2.0);
}
