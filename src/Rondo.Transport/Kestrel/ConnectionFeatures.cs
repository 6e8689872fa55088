using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// A connection's features: a handful, so a list that is searched is smaller and quicker than a table.
/// </summary>
internal sealed class ConnectionFeatures : IFeatureCollection
{
    private KeyValuePair<Type, object>[] _features = new KeyValuePair<Type, object>[10];
    private int _count;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get => Find(key) is var place and >= 0 ? _features[place].Value : null;
        set
        {
            Revision++;
            var place = Find(key);
            if (value is null)
            {
                Remove(place);
            }
            else if (place >= 0)
            {
                _features[place] = new(key, value);
            }
            else
            {
                if (_count == _features.Length)
                {
                    Array.Resize(ref _features, _count * 2);
                }

                _features[_count++] = new(key, value);
            }
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.Take(_count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(Type key)
    {
        for (var place = 0; place < _count; place++)
        {
            if (_features[place].Key == key)
            {
                return place;
            }
        }

        return -1;
    }

    private void Remove(int place)
    {
        if (place >= 0)
        {
            _features[place] = _features[--_count];
            _features[_count] = default;
        }
    }
}
