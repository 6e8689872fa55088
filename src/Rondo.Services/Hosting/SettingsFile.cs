using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace Rondo.Services.Hosting;

/// <summary><c>appsettings.json</c> in the data folder: optional, and read again whenever it changes.</summary>
internal sealed class SettingsFile(string folder) : IDisposable
{
    private const string Name = "appsettings.json";

    private readonly PhysicalFileProvider _files = Watched(folder);

    /// <summary>
    /// What is wrong with the file as it is now, or null. The configuration itself reads a broken file as empty.
    /// </summary>
    public string? Mistake()
    {
        var path = Path.Combine(folder, Name);
        try
        {
            if (File.Exists(path))
            {
                // The configuration's own reader decides: it also refuses a list, and one setting given twice.
                using var content = File.OpenRead(path);
                (new ConfigurationBuilder().AddJsonStream(content).Build() as IDisposable)?.Dispose();
            }

            return null;
        }
        catch (Exception error) when (error is FormatException or InvalidDataException
            or JsonException or IOException or UnauthorizedAccessException)
        {
            var reason = error.InnerException is { } inner ? ": " + inner.Message : ".";
            return $"'{path}' cannot be read: {error.Message.TrimEnd('.')}{reason}";
        }
    }

    public void AddTo(IConfigurationBuilder configuration) => configuration.Add<JsonConfigurationSource>(source =>
    {
        source.Path = Name;
        source.FileProvider = _files;
        source.Optional = true;
        source.ReloadOnChange = true;
        source.OnLoadException = context => context.Ignore = true;
    });

    public void Dispose() => _files.Dispose();

    private static PhysicalFileProvider Watched(string folder)
    {
        var files = new PhysicalFileProvider(folder);
        try
        {
            files.Watch(Name);
            return files;
        }
        catch (IOException)
        {
            // The kernel gives out no more watches (inotify(7), max_user_instances): look every few seconds instead.
            files.Dispose();
            return new PhysicalFileProvider(folder) { UsePollingFileWatcher = true, UseActivePolling = true };
        }
    }
}
