#:project ../../../src/Rondo.Runtime
// Part 3, exercise 9: noise
// Thirty devices send a frame 20 times a second each, and five viewers watch. Passed on one by one, as the talk did,
// that is 3000 frames a second. Keep what came for a room, and tell all viewers once a second. In virtual time.
//
// > 60 dB and 80 dB for as long each are 77 dB
// ? Decibels are logarithms: back to energies (10^(L/10)), take their mean, and 10 times its logarithm.
// > 6000 frames came in
// > 50 frames went out
// ? Take does not send. A timer sends once a second: one frame of all rooms for each viewer.
// > room 0: 77.0 dB
// ? What is told is the mean of the energies since the last time, not the newest frame.

using System.Globalization;
using Rondo.Runtime;
using Rondo.Runtime.Testing;

Console.WriteLine($"60 dB and 80 dB for as long each are {Levels.Mean([60, 80]):0} dB");
VirtualLoop.Run(async test =>
{
    var loop = test.Loop;
    var (received, sent, last) = (0, 0, "");
    var board = new Board(rooms =>
    {
        sent += 5;
        last = string.Create(CultureInfo.InvariantCulture, $"room 0: {rooms["room 0"]:0.0} dB");
    });
    for (var tick = 1; tick <= 200; tick++)
    {
        await loop.Delay(TimeSpan.FromMilliseconds(50));
        for (var device = 0; device < 30; device++)
        {
            received++;
            board.Take($"room {device}", tick % 2 == 0 ? 60 : 80);
        }

        if (tick % 20 == 0)
        {
            board.Tell();
        }
    }

    Console.WriteLine($"{received} frames came in");
    Console.WriteLine($"{sent} frames went out");
    Console.WriteLine(last);
});

internal static class Levels
{
    /// <summary>The level that has as much energy as these have in the mean.</summary>
    public static double Mean(IReadOnlyCollection<double> levels)
    {
        throw new NotImplementedException("the mean of the energies as a level");
    }
}

internal sealed class Board(Action<IReadOnlyDictionary<string, double>> tell)
{
    private readonly Dictionary<string, List<double>> _rooms = [];

    public void Take(string room, double level)
    {
        throw new NotImplementedException("keep the level for its room, and send nothing");
    }

    public void Tell()
    {
        throw new NotImplementedException("tell the mean of each room, once, and begin anew");
    }
}
