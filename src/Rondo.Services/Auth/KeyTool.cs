using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Auth;

/// <summary>What <c>rondo key create</c> is told about a key.</summary>
public sealed record NewKeyOptions
{
    /// <summary>For people; 1 to 100 characters on one line.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do, such as <c>weather:read</c>; at least one.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Whose it is; default nobody's.</summary>
    public string? Owner { get; init; }

    /// <summary>A moment of RFC 3339 or a time such as <c>30d</c>; default never.</summary>
    public string? Expires { get; init; }

    /// <summary>Networks that it may be used from; default any.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Origins whose pages may use it; default any.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Uses in a time, such as <c>10/s</c>; default any number.</summary>
    public string? Rate { get; init; }

    /// <summary>Uses in a calendar month of UTC; default any number.</summary>
    public long? Quota { get; init; }
}

/// <summary>
/// The keys of a database or a data folder in the terminal, for who may write it; also beside running servers, which
/// take a change over within a second. <c>rondo key</c>.
/// </summary>
public static class KeyTool
{
    /// <summary>Makes a key and prints it, once.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="asJson">Whether to print JSON.</param>
    /// <param name="output">Gets the key.</param>
    /// <param name="error">Gets the reason when there is none.</param>
    /// <returns>The exit code: 1 when the folder cannot be used, 2 when an option is none.</returns>
    public static int Create(
        NewKeyOptions options, string? databaseFile, string? dataFolder, bool asJson, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Run(databaseFile, dataFolder, error, (store, admin, now) =>
        {
            var settings = new KeySettings(
                KeyTexts.Name(options.Name),
                KeyTexts.Owner(options.Owner ?? ""),
                KeyTexts.Scopes(options.Scopes),
                options.Expires is { } expires ? KeyTexts.Expires(expires, now) : null,
                KeyTexts.Addresses(options.Addresses),
                KeyTexts.Origins(options.Origins),
                options.Rate is { } rate ? KeyTexts.Rate(rate) : null,
                options.Quota is { } quota ? KeyTexts.Quota(quota) : null);
            var (_, text, key) = admin.Create(settings, null, AuditActor.Terminal);
            return Print(output, asJson, text!, key!, now);
        });
    }

    /// <summary>Prints what keys there are; never their texts.</summary>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="asJson">Whether to print JSON.</param>
    /// <param name="output">Gets a line for each key.</param>
    /// <param name="error">Gets the reason when the folder cannot be read.</param>
    /// <returns>The exit code: 1 when the folder cannot be used.</returns>
    public static int List(string? databaseFile, string? dataFolder, bool asJson, TextWriter output, TextWriter error) =>
        Run(databaseFile, dataFolder, error, (store, _, now) =>
        {
            ArgumentNullException.ThrowIfNull(output);
            if (asJson)
            {
                output.WriteLine(Json(json =>
                {
                    json.WriteStartArray("keys");
                    foreach (var key in store.All)
                    {
                        json.WriteStartObject();
                        KeyJson.Write(json, key, now);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                }));
                return ExitCode.Ok;
            }

            output.WriteLine($"{"ID",-8}  {"STATUS",-7}  {"LAST USED",-16}  {"EXPIRES",-10}  NAME: SCOPES");
            foreach (var key in store.All)
            {
                var (used, expires) = (Text(key.Use.LastUsed, "yyyy-MM-dd HH:mm"), Text(key.Settings.Expires, "yyyy-MM-dd"));
                output.WriteLine(
                    $"{key.Id,-8}  {key.Status(now),-7}  {used,-16}  {expires,-10}  "
                        + $"{key.Name}: {string.Join(' ', key.Settings.Scopes.Texts)}");
            }

            return ExitCode.Ok;
        });

    /// <summary>Gives a key another text and prints it, once; that of before counts until the grace is over.</summary>
    /// <param name="id">The key's id.</param>
    /// <param name="grace">A time such as <c>24h</c>, at most 30 days.</param>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="asJson">Whether to print JSON.</param>
    /// <param name="output">Gets the key.</param>
    /// <param name="error">Gets the reason when it stays as it is.</param>
    /// <returns>The exit code: 1 when there is no such key, or it counts no more.</returns>
    public static int Rotate(
        string id, string grace, string? databaseFile, string? dataFolder, bool asJson, TextWriter output, TextWriter error) =>
        Run(databaseFile, dataFolder, error, (_, admin, now) =>
        {
            var (fault, text, key) = admin.Rotate(id, KeyTexts.Grace(grace), null, AuditActor.Terminal);
            return fault is KeyFault.None ? Print(output, asJson, text!, key!, now) : Refuse(error, fault, id);
        });

    /// <summary>Ends a key at once; a running server closes what it has opened.</summary>
    /// <param name="id">The key's id.</param>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="output">Gets one line.</param>
    /// <param name="error">Gets the reason when it stays.</param>
    /// <returns>The exit code: 1 when there is no such key, or it is the last that administers.</returns>
    public static int Revoke(string id, string? databaseFile, string? dataFolder, TextWriter output, TextWriter error) =>
        Run(databaseFile, dataFolder, error, (_, admin, _) =>
        {
            ArgumentNullException.ThrowIfNull(output);
            if (admin.Revoke(id, null, AuditActor.Terminal) is not KeyFault.None and var fault)
            {
                return Refuse(error, fault, id);
            }

            output.WriteLine($"The key {id} counts no more.");
            return ExitCode.Ok;
        });

    /// <summary>Makes a new admin key, prints it, once, and ends all that were named so.</summary>
    /// <param name="databaseFile">As in <see cref="ServerOptions.DatabaseFile"/>.</param>
    /// <param name="dataFolder">The data folder, as in <see cref="ServerOptions.DataFolder"/>.</param>
    /// <param name="asJson">Whether to print JSON.</param>
    /// <param name="output">Gets the key.</param>
    /// <param name="error">Gets the reason when there is none.</param>
    /// <returns>The exit code: 1 when the folder cannot be used.</returns>
    public static int ResetAdmin(string? databaseFile, string? dataFolder, bool asJson, TextWriter output, TextWriter error) =>
        Run(databaseFile, dataFolder, error, (_, admin, now) =>
        {
            var (text, key) = admin.ResetAdmin(AuditActor.Terminal);
            return Print(output, asJson, text, key, now);
        });

    private static int Print(TextWriter output, bool asJson, ApiKey text, StoredKey key, DateTimeOffset now)
    {
        output.WriteLine(asJson
            ? Json(json =>
            {
                json.WriteString("key", text.Text);
                KeyJson.Write(json, key, now);
            })
            : $"{text.Text}\nShown only this once. Id {key.Id}, may: {string.Join(' ', key.Settings.Scopes.Texts)}");
        return ExitCode.Ok;
    }

    private static string Text(DateTimeOffset? at, string format) =>
        at?.ToString(format, System.Globalization.CultureInfo.InvariantCulture) ?? "never";

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StreamJson.Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static int Refuse(TextWriter error, KeyFault fault, string id)
    {
        error.WriteLine("rondo: " + Http.AuthProblems.Of(fault, id).Detail);
        return ExitCode.Failed;
    }

    private static int Run(string? databaseFile, string? dataFolder, TextWriter error, Func<KeyStore, KeyAdmin, DateTimeOffset, int> work)
    {
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            using var database = DatabaseChoice.OpenExisting(databaseFile, dataFolder);
            using var store = new KeyStore(
                database, KeyPepper.Open(database), new AuditOutbox(database), TimeProvider.System);
            return work(store, new KeyAdmin(store, TimeProvider.System), TimeProvider.System.GetUtcNow());
        }
        catch (FormatException wrong)
        {
            error.WriteLine("rondo: " + wrong.Message);
            return ExitCode.Usage;
        }
        catch (StartException refused)
        {
            error.WriteLine("rondo: " + refused.Message);
            return refused.ExitCode;
        }
        catch (DatabaseException refused)
        {
            error.WriteLine("rondo: The keys cannot be used: " + refused.Message);
            return ExitCode.Failed;
        }
    }
}
