using System.Text;
using Rondo.Services.Auth;
using Rondo.Services.Hosting;

namespace Rondo.Services.Supervision;

/// <summary>
/// The keys with which supervised services register and speak to each other: made here, kept in a file of each
/// service's folder that only its owner can read, used again as long as they count, and good on this machine alone.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class ServiceKeys(KeyStore keys, KeyAdmin admin, KeyCheck check, DataFolder folder)
{
    private const string FileName = "service.key";

    private static readonly AddressList ThisMachine = AddressList.Parse(["127.0.0.0/8", "::1"]).List!;

    private readonly Lock _gate = new();

    /// <summary>
    /// The text of the key with which this process speaks to them; null until <see cref="Open"/>.
    /// </summary>
    public string? OfThisProcess { get; private set; }

    /// <summary>
    /// From now on there may be keys: the admin key has been made, which is made only where there is none.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    /// <exception cref="DatabaseException">The key cannot be stored.</exception>
    public void Open() => OfThisProcess = PrivateFile.ReadText(
        FileOf(Path.Combine(folder.Path, "front.key"), "Rondo", ["weather:read", "noise:write", "chat:post"])).Trim();

    /// <summary>The folder of a service.</summary>
    public string FolderOf(string service) => Path.Combine(folder.Path, service);

    /// <summary>The file with the key of a service; it is made when there is none that counts.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    /// <exception cref="DatabaseException">The key cannot be stored.</exception>
    public string FileOf(string service) => FileOf(
        Path.Combine(FolderOf(service), FileName), $"Rondo {service}",
        [$"registry:write:{service}", "registry:own", "chat:post"]);

    private string FileOf(string path, string name, string[] scopes)
    {
        using var scope = _gate.EnterScope();
        var settings = new KeySettings(name, "", ScopeSet.Parse(scopes).Set!, Addresses: ThisMachine);
        if (Counts(path, settings))
        {
            return path;
        }

        // The place first: a key that nobody has would be of no use.
        DataFolder.CreatePrivate(Path.GetDirectoryName(path)!);
        File.Delete(path);
        PrivateFile.Write(path, []);
        foreach (var before in keys.All.Where(k => k.Name == settings.Name && k.Revoked is null).ToList())
        {
            admin.Revoke(before.Id, null, AuditActor.Start);
        }

        File.WriteAllText(path, admin.Create(settings, null, AuditActor.Start).Text!.Text + "\n", Encoding.ASCII);
        return path;
    }

    private bool Counts(string path, KeySettings settings)
    {
        try
        {
            return File.Exists(path) && check.Look(PrivateFile.ReadText(path).Trim()) is { IsAccepted: true } verdict
                && verdict.Entry!.Key.Settings.Scopes.Texts.SequenceEqual(settings.Scopes.Texts);
        }
        catch (StartException)
        {
            // Others could read it: it is made anew.
            return false;
        }
    }
}
