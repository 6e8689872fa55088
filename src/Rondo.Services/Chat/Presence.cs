using Rondo.Runtime;

namespace Rondo.Services.Chat;

/// <summary>
/// Who is in a room. Several connections of one person are one; who comes or goes is told after a few seconds, so that
/// a reload or a moment in a tunnel is not, and in one frame a second at most. A crowd that comes at once is told over
/// some seconds: each of it is told of each. The room's loop's.
/// </summary>
/// <param name="loop">Its timers tell.</param>
/// <param name="tell">Takes who has come or changed, and the ids of who has gone.</param>
internal sealed class Presence(EventLoop loop, Action<IReadOnlyList<Person>, IReadOnlyList<string>> tell)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private const int MostInAFrame = 100;

    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, Person> _came = [];
    private readonly HashSet<string> _gone = [];
    private bool _isGathering;

    public IEnumerable<Person> Present => _entries.Values.Where(e => e.Connections > 0).Select(e => e.Person);

    public bool IsAnybodyKnown => _entries.Count > 0;

    /// <summary>Somebody who is in the room, or was a moment ago.</summary>
    public Person? Find(string id) => _entries.GetValueOrDefault(id)?.Person;

    /// <summary>Whether somebody else here has a name that looks the same.</summary>
    public bool IsTaken(string name, string id) =>
        _names.TryGetValue(Nickname.Skeleton(name), out var holder) && holder != id;

    /// <summary>A connection comes, or a person has another name or role.</summary>
    public void Enter(Person person)
    {
        if (!_entries.TryGetValue(person.Id, out var entry))
        {
            _entries.Add(person.Id, entry = new Entry(person));
            entry.Timer = loop.CallLater(Settling, () => Settle(entry));
        }

        entry.Connections++;
        Change(person);
    }

    /// <summary>A person who is here is called otherwise from now on.</summary>
    public void Change(Person person)
    {
        if (_entries.TryGetValue(person.Id, out var entry))
        {
            var isNew = entry.Person != person;
            _names.Remove(Nickname.Skeleton(entry.Person.Name));
            entry.Person = person;
            _names[Nickname.Skeleton(person.Name)] = person.Id;
            if (isNew && entry.IsShown)
            {
                Come(entry);
            }
        }
    }

    /// <summary>A connection goes.</summary>
    public void Leave(string id)
    {
        if (_entries.TryGetValue(id, out var entry) && --entry.Connections == 0)
        {
            entry.Timer?.Cancel();
            entry.Timer = loop.CallLater(Settling, () => Settle(entry));
        }
    }

    private void Settle(Entry entry)
    {
        entry.Timer = null;
        var person = entry.Person;
        if (entry.Connections > 0 && !entry.IsShown)
        {
            entry.IsShown = true;
            Come(entry);
        }
        else if (entry.Connections == 0)
        {
            _entries.Remove(person.Id);
            _names.Remove(Nickname.Skeleton(person.Name));
            if (entry.IsShown)
            {
                Go(entry);
            }
        }
    }

    private void Come(Entry entry)
    {
        _came[entry.Person.Id] = entry.Person;
        entry.IsTold |= _gone.Remove(entry.Person.Id);
        Gather();
    }

    // Who was never told of need not be told off.
    private void Go(Entry entry)
    {
        _came.Remove(entry.Person.Id);
        if (entry.IsTold)
        {
            _gone.Add(entry.Person.Id);
            Gather();
        }
    }

    private void Gather()
    {
        if (!_isGathering)
        {
            _isGathering = true;
            loop.CallLater(Gathering, Tell);
        }
    }

    private void Tell()
    {
        _isGathering = false;
        var came = _came.Values.Take(MostInAFrame).ToList();
        var gone = _gone.Take(MostInAFrame - came.Count).ToList();
        foreach (var person in came)
        {
            _came.Remove(person.Id);
            _entries[person.Id].IsTold = true;
        }

        _gone.ExceptWith(gone);
        if (came.Count + gone.Count > 0)
        {
            tell(came, gone);
        }

        if (_came.Count + _gone.Count > 0)
        {
            Gather();
        }
    }

    private sealed class Entry(Person person)
    {
        public Person Person { get; set; } = person;

        public int Connections { get; set; }

        /// <summary>Whether it has been here for long enough to be told of.</summary>
        public bool IsShown { get; set; }

        /// <summary>Whether the others have been told of it.</summary>
        public bool IsTold { get; set; }

        public TimerHandle? Timer { get; set; }
    }
}
