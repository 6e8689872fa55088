using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tags = System.ReadOnlySpan<System.Collections.Generic.KeyValuePair<string, object?>>;

namespace Rondo.Services.Hosting;

/// <summary>
/// Collects the measurements of the platform's meters and of ours, for <c>/metrics</c>. Recording takes no lock and,
/// once a series is known, allocates nothing.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    /// <summary>
    /// Tags can carry what a client sent; beyond this many series an instrument adds to one shared series.
    /// </summary>
    private const int MostSeriesPerInstrument = 500;

    private static readonly KeyValuePair<string, object?>[] OverflowTags = [new("overflow", "true")];

    private static readonly string[] Meters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly MeterListener _listener = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name)
                || instrument.Meter.Name.StartsWith("Rondo.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(
                    instrument, _instruments.GetOrAdd(instrument, i => new InstrumentSeries(i)));
            }
        };
        _listener.MeasurementsCompleted =
            (instrument, _) => _instruments.TryRemove(instrument, out InstrumentSeries? _);
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(
            static (_, value, tags, state) => Record(state, (double)value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments for their values and returns everything, ordered by name.</summary>
    public IEnumerable<InstrumentSeries> Collect()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // An instrument that cannot be read now keeps its last value; all others have been asked.
        }

        return _instruments.Values.OrderBy(i => i.Instrument.Name, StringComparer.Ordinal);
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? state, double value, Tags tags) =>
        ((InstrumentSeries)state!).Record(value, tags);

    internal enum Kind
    {
        Counter,
        Gauge,
        Histogram,
    }

    internal sealed class InstrumentSeries
    {
        // Seconds, as the semantic conventions of OpenTelemetry advise for request durations.
        private static readonly double[] DefaultBounds =
            [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

        private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series> _series = new(new TagComparer());
        private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series>.AlternateLookup<Tags> _lookup;
        private readonly bool _replaces;

        public InstrumentSeries(Instrument instrument)
        {
            Instrument = instrument;
            _lookup = _series.GetAlternateLookup<Tags>();
            var type = instrument.GetType().GetGenericTypeDefinition();
            _replaces = instrument.IsObservable || type == typeof(Gauge<>);
            Kind = type == typeof(Histogram<>) ? Kind.Histogram
                : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? Kind.Counter
                : Kind.Gauge;
            Bounds = Kind is not Kind.Histogram ? []
                : (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
        }

        public Instrument Instrument { get; }

        public Kind Kind { get; }

        public double[] Bounds { get; }

        public IEnumerable<KeyValuePair<KeyValuePair<string, object?>[], Series>> Series => _series;

        public void Record(double value, Tags tags)
        {
            if (!_lookup.TryGetValue(tags, out var series))
            {
                var key = _series.Count < MostSeriesPerInstrument ? tags.ToArray() : OverflowTags;
                series = _series.GetOrAdd(key, _ => new Series(Bounds.Length + 1));
            }

            if (Kind is Kind.Histogram)
            {
                var bucket = Array.BinarySearch(Bounds, value);
                series.Observe(bucket < 0 ? ~bucket : bucket, value);
            }
            else if (_replaces)
            {
                series.Set(value);
            }
            else
            {
                series.Add(value);
            }
        }
    }

    internal sealed class Series(int buckets)
    {
        private readonly long[] _buckets = new long[buckets];
        private double _sum;

        public double Sum => Volatile.Read(ref _sum);

        public ReadOnlySpan<long> Buckets => _buckets;

        public void Set(double value) => Volatile.Write(ref _sum, value);

        public void Add(double value)
        {
            double seen;
            do
            {
                seen = Volatile.Read(ref _sum);
            }
            while (Interlocked.CompareExchange(ref _sum, seen + value, seen) != seen);
        }

        public void Observe(int bucket, double value)
        {
            Interlocked.Increment(ref _buckets[bucket]);
            Add(value);
        }
    }

    /// <summary>
    /// Compares tags in the order they were recorded, which is fixed per call site, without copying them.
    /// </summary>
    private sealed class TagComparer
        : IEqualityComparer<KeyValuePair<string, object?>[]>,
          IAlternateEqualityComparer<Tags, KeyValuePair<string, object?>[]>
    {
        public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) =>
            Equals(x.AsSpan(), y!);

        public int GetHashCode(KeyValuePair<string, object?>[] tags) => GetHashCode(tags.AsSpan());

        public bool Equals(Tags tags, KeyValuePair<string, object?>[] other)
        {
            if (tags.Length != other.Length)
            {
                return false;
            }

            for (var i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != other[i].Key || !Equals(tags[i].Value, other[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(Tags tags)
        {
            var hash = new HashCode();
            foreach (var tag in tags)
            {
                hash.Add(tag.Value);
            }

            return hash.ToHashCode();
        }

        public KeyValuePair<string, object?>[] Create(Tags tags) => tags.ToArray();
    }
}
