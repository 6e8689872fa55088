using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Rondo.Services.Noise;

/// <summary>What the noise service tells the platform's meters. A value that nobody knows is left out.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class NoiseMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Noise");
    private readonly ConcurrentDictionary<string, long> _refused = new();
    private long _frames;

    public NoiseMetrics(NoiseBook book)
    {
        Gauge("rondo.noise.laeq", "dB(A) of the newest second", r => r.LAeq);
        Gauge("rondo.noise.leq.1m", "dB(A) of the last minute", r => r.Leq1m);
        Gauge("rondo.noise.lafmax", "The loudest moment of the newest second in dB(A)", r => r.LAFmax);
        Gauge("rondo.noise.devices", "Devices whose levels are fresh", r => r.Devices);
        Gauge("rondo.noise.loud", "1 while a room is too loud", r => r.State is NoiseState.Loud ? 1 : 0);
        _meter.CreateObservableGauge(
            "rondo.noise.age",
            () => Measure(book, (snapshot, r) => r.HeardUntil is { } until
                ? Math.Max(0, (snapshot.At - until).TotalSeconds)
                : null),
            "s", "Time since the newest that is known of a room");
        _meter.CreateObservableCounter(
            "rondo.noise.frames", () => Interlocked.Read(ref _frames), "{frame}", "Frames that were taken");
        _meter.CreateObservableCounter(
            "rondo.noise.refused",
            () => _refused.Select(r => new Measurement<long>(
                r.Value, new KeyValuePair<string, object?>("code", r.Key))),
            "{frame}", "Frames that were refused, by why");

        void Gauge(string name, string help, Func<RoomLevel, double?> value) =>
            _meter.CreateObservableGauge(name, () => Measure(book, (_, r) => value(r)), null, help);
    }

    public void Taken() => Interlocked.Increment(ref _frames);

    public void Refused(NoiseRefusal refusal) => _refused.AddOrUpdate(refusal.Type.Name, 1, (_, count) => count + 1);

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<double>> Measure(
        NoiseBook book, Func<NoiseSnapshot, RoomLevel, double?> value)
    {
        var snapshot = book.Current;
        foreach (var room in snapshot.Rooms)
        {
            if (value(snapshot, room) is { } number)
            {
                yield return new Measurement<double>(
                    Math.Round(number, 1),
                    new KeyValuePair<string, object?>("room", room.Id),
                    new KeyValuePair<string, object?>("kind", room.Kind),
                    new KeyValuePair<string, object?>("quality", string.Join(' ', Names(room))));
            }
        }
    }

    private static IEnumerable<string> Names(RoomLevel room) => Levels.LevelFlagsText.Names(room.Quality);
}
