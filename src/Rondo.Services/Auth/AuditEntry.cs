using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Auth;

/// <summary>Who does something, and from where.</summary>
/// <param name="Key">The id of the key; a word for who needs none.</param>
/// <param name="Address">Where from; null for this machine's terminal.</param>
/// <param name="RequestId">Leads to the request; null without one.</param>
internal sealed record AuditActor(string Key, string? Address = null, string? RequestId = null)
{
    /// <summary>The first start.</summary>
    public static AuditActor Start { get; } = new("start");

    /// <summary>Somebody who can write the data folder.</summary>
    public static AuditActor Terminal { get; } = new("terminal");

    /// <summary>Somebody whose key was not accepted.</summary>
    public static AuditActor Nobody(string? address, string? requestId = null) => new("-", address, requestId);
}

/// <summary>One thing that happened: JSON without secrets, without what links it to the one before.</summary>
internal sealed record AuditEntry(string Action, byte[] Data)
{
    public static AuditEntry Of(
        string action, AuditActor by, string? about, DateTimeOffset at, string result = "ok", long count = 1)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StreamJson.Readable))
        {
            json.WriteStartObject();
            json.WriteString("time", StreamJson.Text(at));
            json.WriteString("actor", by.Key);
            json.WriteString("action", action);
            json.WriteString("object", about);
            json.WriteString("result", result);
            json.WriteString("address", by.Address);
            json.WriteString("request_id", by.RequestId);
            if (count > 1)
            {
                json.WriteNumber("count", count);
            }

            json.WriteEndObject();
        }

        return new AuditEntry(action, buffer.ToArray());
    }
}
