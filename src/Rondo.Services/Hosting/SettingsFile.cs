using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace Rondo.Services.Hosting;

/// <summary><c>appsettings.json</c> in the data folder: optional, and read again whenever it changes.</summary>
internal sealed class SettingsFile(string folder)
{
    private const string Name = "appsettings.json";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>What is wrong with the file as it is now, or null. The configuration itself reads a broken file as empty.</summary>
    public string? Mistake()
    {
        var path = Path.Combine(folder, Name);
        try
        {
            if (File.Exists(path))
            {
                JsonDocument.Parse(File.ReadAllBytes(path), Lenient).Dispose();
            }

            return null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be read: {error.Message}";
        }
    }

    public void AddTo(IConfigurationBuilder configuration) => configuration.Add<JsonConfigurationSource>(source =>
    {
        source.Path = Name;
        source.FileProvider = new PhysicalFileProvider(folder);
        source.Optional = true;
        source.ReloadOnChange = true;
        source.OnLoadException = context => context.Ignore = true;
    });
}
