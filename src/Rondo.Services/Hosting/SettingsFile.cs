using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace Rondo.Services.Hosting;

/// <summary>
/// <c>appsettings.json</c> in the data folder: optional, and read again whenever it changes. While it cannot be read,
/// the configuration keeps what the last one that could be read said.
/// </summary>
internal sealed class SettingsFile(string folder) : IDisposable
{
    private const string Name = "appsettings.json";

    private readonly string _path = Path.Combine(folder, Name);
    private readonly PhysicalFileProvider _files = Watched(folder);
    private volatile string? _mistake;

    /// <summary>
    /// What was wrong with the file when the configuration read it last, or null. The file may have been replaced
    /// since: looked at again, it would say something about settings that nobody has read yet.
    /// </summary>
    public string? Mistake => File.Exists(_path) ? _mistake : null;

    public void AddTo(IConfigurationBuilder configuration)
    {
        try
        {
            configuration.Add(new Source(this)
            {
                Path = Name,
                FileProvider = _files,
                Optional = true,
                ReloadOnChange = true,
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Refuse(error);
        }
    }

    public void Dispose() => _files.Dispose();

    private void Refuse(Exception error)
    {
        var reason = error.InnerException is { } inner ? ": " + inner.Message : ".";
        _mistake = $"'{_path}' cannot be read: {error.Message.TrimEnd('.')}{reason}";
    }

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

    private sealed class Source(SettingsFile file) : JsonConfigurationSource
    {
        public override IConfigurationProvider Build(IConfigurationBuilder builder)
        {
            EnsureDefaults(builder);
            return new Provider(this, file);
        }
    }

    private sealed class Provider(JsonConfigurationSource source, SettingsFile file) : JsonConfigurationProvider(source)
    {
        public override void Load(Stream stream)
        {
            try
            {
                base.Load(stream);
                file._mistake = null;
            }
            catch (Exception error) when (error is FormatException or InvalidDataException
                or JsonException or IOException or UnauthorizedAccessException)
            {
                file.Refuse(error);
            }
        }
    }
}
