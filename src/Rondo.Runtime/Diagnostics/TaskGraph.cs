namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Follows the tasks of a source down to what they wait for and up to who waits for them, until nothing new comes up.
/// </summary>
/// <typeparam name="T">How the source refers to a task.</typeparam>
internal sealed class TaskGraph<T>
    where T : notnull
{
    // A process that leaks tasks must not be finished off by the one who looks for the leak.
    private const int MostNodes = 100_000;

    private readonly ITaskSource<T> _source;
    private readonly Dictionary<T, int> _ids;
    private readonly List<T> _things = [];
    private readonly List<TaskSight<T>> _sights = [];
    private readonly List<List<int>> _awaits = [];

    private TaskGraph(ITaskSource<T> source)
    {
        _source = source;
        _ids = new Dictionary<T, int>(source.Comparer);
        foreach (var seed in source.Seeds)
        {
            Find(seed);
        }

        for (var id = 0; id < _things.Count; id++)
        {
            foreach (var awaited in _sights[id].Awaits)
            {
                Connect(id, Find(awaited));
            }

            foreach (var awaiter in _sights[id].Awaiters)
            {
                Connect(Find(awaiter), id);
            }
        }
    }

    /// <summary>Looks at everything now.</summary>
    public static TaskGraph<T> Of(ITaskSource<T> source) => new(source);

    /// <summary>What a node was when it was looked at.</summary>
    public TaskSight<T> Sight(int id) => _sights[id];

    /// <summary>The thing itself.</summary>
    public T Thing(int id) => _things[id];

    /// <summary>
    /// The nodes that somebody would recognise; plumbing between them is left out, what it waits for moves up.
    /// </summary>
    /// <param name="isWanted">Which nodes; all when null.</param>
    public List<TaskNode> Nodes(Predicate<int>? isWanted = null)
    {
        var visible = Enumerable.Range(0, _sights.Count)
            .Where(id => !_sights[id].IsHidden && isWanted?.Invoke(id) != false).ToList();
        var places = visible.Select((id, place) => (id, place)).ToDictionary(p => p.id, p => p.place);
        return
        [
            .. visible.Select(id => new TaskNode(places[id], _sights[id].Kind, _sights[id].Name)
            {
                State = _sights[id].State,
                At = _sights[id].At,
                CreatedAt = _sights[id].CreatedAt,
                Loop = _sights[id].Loop,
                Awaits = [.. Visible(id).Select(a => places[a])],
            }),
        ];
    }

    /// <summary>The tasks of a loop and everything that they wait for.</summary>
    /// <param name="loop">Its number.</param>
    public HashSet<int> Below(int loop)
    {
        var reached = new HashSet<int>();
        var left = new Stack<int>(Enumerable.Range(0, _sights.Count).Where(id => _sights[id].Loop == loop));
        while (left.TryPop(out var id))
        {
            if (reached.Add(id))
            {
                _awaits[id].ForEach(left.Push);
            }
        }

        return reached;
    }

    /// <summary>Nodes that wait for each other in a ring, each of which can only end after the next.</summary>
    public IEnumerable<IReadOnlyList<int>> Rings()
    {
        var isDone = new bool[_sights.Count];
        var place = new int[_sights.Count];
        Array.Fill(place, -1);
        var path = new List<int>();
        var next = new List<int>();
        for (var start = 0; start < _sights.Count; start++)
        {
            Enter(start);
            while (path.Count > 0)
            {
                var id = path[^1];
                if (_sights[id].MayEndEarlier || next[^1] == _awaits[id].Count)
                {
                    Leave();
                    continue;
                }

                var awaited = _awaits[id][next[^1]++];
                if (place[awaited] >= 0)
                {
                    yield return path.GetRange(place[awaited], path.Count - place[awaited]);
                }
                else
                {
                    Enter(awaited);
                }
            }
        }

        void Enter(int id)
        {
            if (!isDone[id])
            {
                place[id] = path.Count;
                path.Add(id);
                next.Add(0);
            }
        }

        void Leave()
        {
            place[path[^1]] = -1;
            isDone[path[^1]] = true;
            path.RemoveAt(path.Count - 1);
            next.RemoveAt(next.Count - 1);
        }
    }

    private int Find(T thing)
    {
        if (_ids.TryGetValue(thing, out var id))
        {
            return id;
        }

        id = _things.Count < MostNodes && _source.Look(thing) is { } sight ? Add(thing, sight) : -1;
        _ids[thing] = id;
        return id;
    }

    private int Add(T thing, TaskSight<T> sight)
    {
        _things.Add(thing);
        _sights.Add(sight);
        _awaits.Add([]);
        return _things.Count - 1;
    }

    // A negative one has ended, or could not be seen.
    private void Connect(int awaiter, int awaited)
    {
        if (awaiter >= 0 && awaited >= 0 && !_awaits[awaiter].Contains(awaited))
        {
            _awaits[awaiter].Add(awaited);
        }
    }

    private List<int> Visible(int id)
    {
        var visible = new List<int>();
        var seen = new HashSet<int>();
        var left = new Stack<int>();
        Push(id);
        while (left.TryPop(out var awaited))
        {
            if (!seen.Add(awaited))
            {
                continue;
            }

            if (_sights[awaited].IsHidden)
            {
                Push(awaited);
            }
            else
            {
                visible.Add(awaited);
            }
        }

        return visible;

        void Push(int from)
        {
            for (var i = _awaits[from].Count - 1; i >= 0; i--)
            {
                left.Push(_awaits[from][i]);
            }
        }
    }
}
