using Rondo.Services.Registry;

namespace Rondo.Services.Announcements;

/// <summary>Tells which services have gone down since it looked last, and which of those are back.</summary>
internal sealed class ServiceChanges
{
    private readonly HashSet<string> _down = [];
    private HashSet<string>? _up;

    /// <summary>What has changed, one line for each. The first look changes nothing.</summary>
    public IReadOnlyList<string> Look(RegistrySnapshot snapshot)
    {
        var up = snapshot.Services.Values.Where(s => s.Everywhere.Instances.Length > 0).Select(s => s.Name).ToHashSet();
        var lines = new List<string>();
        foreach (var name in (_up ?? up).Except(up).Order(StringComparer.Ordinal))
        {
            _down.Add(name);
            lines.Add($"Service {name} is down.");
        }

        foreach (var name in _down.Intersect(up).Order(StringComparer.Ordinal).ToList())
        {
            _down.Remove(name);
            lines.Add($"Service {name} is back.");
        }

        _up = up;
        return lines;
    }
}
