namespace Rondo.Services.Chat;

/// <summary>Who is writing: not kept anywhere, told on, over after a few seconds. The room's loop's.</summary>
internal sealed class Typing(TimeProvider time)
{
    /// <summary>How long it counts.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, long> _since = [];

    /// <summary>Who writes at present.</summary>
    public IReadOnlyList<string> Now
    {
        get
        {
            Forget();
            return [.. _since.Keys];
        }
    }

    /// <summary>Whether the others are to be told: not more than once in three seconds.</summary>
    public bool Begin(string id)
    {
        Forget();
        if (_since.TryGetValue(id, out var since) && time.GetElapsedTime(since) < Pause)
        {
            return false;
        }

        _since[id] = time.GetTimestamp();
        return true;
    }

    /// <summary>What was written has been said.</summary>
    public void End(string id) => _since.Remove(id);

    private void Forget()
    {
        foreach (var (id, since) in _since)
        {
            if (time.GetElapsedTime(since) >= Life)
            {
                _since.Remove(id);
            }
        }
    }
}
