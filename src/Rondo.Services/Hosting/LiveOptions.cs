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
        _current = Checked(Read());
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public event Action? Changed;

    public T Current => Volatile.Read(ref _current);

    /// <summary>As they are now; nobody asks whether they change.</summary>
    /// <exception cref="StartException">They do not pass their check.</exception>
    public static T Once(IConfiguration configuration, string section) => Checked(Read(configuration, section));

    public void Dispose() => _subscription.Dispose();

    private static T Checked((T Options, List<string> Mistakes) read) => read.Mistakes.Count == 0
        ? read.Options
        : throw new StartException("The configuration has mistakes:\n  " + string.Join("\n  ", read.Mistakes));

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

    private (T Options, List<string> Mistakes) Read() =>
        _file.Mistake is { } broken ? (new T(), [broken]) : Read(_configuration, _section);

    private static (T Options, List<string> Mistakes) Read(IConfiguration configuration, string section)
    {
        var options = new T();
        var mistakes = configuration.GetSection(section).GetChildren()
            .Select(setting => Take(setting, options))
            .OfType<string>().ToList();
        return (options, mistakes.Concat(options.Check()).Select(m => $"{section}: {m}").ToList());
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
