using System.Reflection;
using Microsoft.Extensions.Primitives;

namespace Rondo.Services.Hosting;

/// <summary>Settings of one service, checked as a whole: <see cref="Check"/> reports every mistake at once.</summary>
internal interface ICheckedOptions
{
    IEnumerable<string> Check();
}

/// <summary>
/// Settings that follow the configuration while the process runs. A change that cannot be read or does not pass its
/// check is logged and the last good settings stay in force.
/// </summary>
internal sealed class LiveOptions<T> : IDisposable
    where T : class, ICheckedOptions, new()
{
    private readonly IConfiguration _configuration;
    private readonly string _section;
    private readonly SettingsFile _file;
    private readonly ILogger _logger;
    private readonly IDisposable _subscription;
    private T _current;

    /// <exception cref="StartException">The settings at start do not pass their check.</exception>
    public LiveOptions(IConfiguration configuration, string section, SettingsFile file, ILogger<LiveOptions<T>> logger)
    {
        _configuration = configuration;
        _section = section;
        _file = file;
        _logger = logger;
        var (options, mistakes) = Read();
        if (mistakes.Count > 0)
        {
            throw new StartException("The configuration has mistakes:\n  " + string.Join("\n  ", mistakes));
        }

        _current = options;
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public event Action? Changed;

    public T Current => Volatile.Read(ref _current);

    public void Dispose() => _subscription.Dispose();

    private void Reload()
    {
        var (options, mistakes) = Read();
        if (mistakes.Count > 0)
        {
            HostingLog.ConfigurationRefused(_logger, string.Join("; ", mistakes));
            return;
        }

        Volatile.Write(ref _current, options);
        HostingLog.ConfigurationReloaded(_logger, _section);
        Changed?.Invoke();
    }

    private (T Options, List<string> Mistakes) Read()
    {
        if (_file.Mistake is { } broken)
        {
            return (new T(), [broken]);
        }

        var options = new T();
        var mistakes = _configuration.GetSection(_section).GetChildren()
            .Select(setting => Take(setting, options))
            .OfType<string>().ToList();
        return (options, mistakes.Concat(options.Check()).Select(m => $"{_section}: {m}").ToList());
    }

    // One by one, because the binder stops at the first that it cannot read.
    private static string? Take(IConfigurationSection setting, T options)
    {
        const BindingFlags any = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;
        if (typeof(T).GetProperty(setting.Key, any) is not { } property)
        {
            var known = string.Join(", ", typeof(T).GetProperties().Select(p => p.Name));
            return $"there is no setting '{setting.Key}'; there are {known}.";
        }

        try
        {
            property.SetValue(options, setting.Get(property.PropertyType));
            return null;
        }
        catch (InvalidOperationException)
        {
            return $"{property.Name} '{setting.Value}' is no {property.PropertyType.Name}.";
        }
    }
}
