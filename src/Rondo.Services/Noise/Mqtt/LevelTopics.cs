using System.Text;
using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise.Mqtt;

/// <summary>
/// What the topics of a broker should hold of the rooms: the level of each, and what Home Assistant must know to have
/// it as a sensor (its documentation of MQTT discovery).
/// </summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
internal sealed class LevelTopics(MqttOptions options, string version)
{
    private readonly Dictionary<string, (string Config, string State)> _told = new(StringComparer.Ordinal);

    /// <summary>Where it says whether Rondo is there; also the last will's.</summary>
    public string Status => $"{options.Prefix}/status";

    public MqttMessage Online => Retained(Status, "online");

    public MqttMessage Offline => Retained(Status, "offline");

    /// <summary>What has changed since the last call, config before state.</summary>
    public IEnumerable<MqttMessage> Next(NoiseSnapshot snapshot)
    {
        var messages = new List<MqttMessage>();
        foreach (var room in snapshot.Rooms)
        {
            var (config, state) = (Config(room), State(room));
            var known = _told.GetValueOrDefault(room.Id);
            if (config != known.Config && options.DiscoveryPrefix.Length > 0)
            {
                messages.Add(Retained(ConfigTopic(room.Id), config));
            }

            if (state != known.State)
            {
                messages.Add(Retained(StateTopic(room.Id), state) with { IsAssured = options.QualityOfService == 1 });
            }

            _told[room.Id] = (config, state);
        }

        foreach (var gone in _told.Keys.Where(id => snapshot.Find(id) is null).ToList())
        {
            _told.Remove(gone);
            messages.Add(Retained(StateTopic(gone), ""));
            if (options.DiscoveryPrefix.Length > 0)
            {
                messages.Add(Retained(ConfigTopic(gone), ""));
            }
        }

        return messages;
    }

    private static MqttMessage Retained(string topic, string text) =>
        new(topic, Encoding.UTF8.GetBytes(text), IsAssured: true, IsRetained: true);

    private string StateTopic(string room) => $"{options.Prefix}/noise/{room}";

    private string ConfigTopic(string room) => $"{options.DiscoveryPrefix}/sensor/{Id}/noise_{room}/config";

    // A level of a topic of its own, and a part of an identity.
    private string Id => options.Prefix.Replace('/', '_');

    private string Config(RoomLevel room) => Text(json =>
    {
        json.WriteString("name", room.Name);
        json.WriteString("unique_id", $"{Id}_noise_{room.Id}");
        json.WriteString("object_id", $"{Id}_noise_{room.Id}");
        json.WriteString("device_class", "sound_pressure");
        json.WriteString("state_class", "measurement");
        json.WriteString("unit_of_measurement", "dB");
        json.WriteNumber("suggested_display_precision", 1);
        json.WriteString("state_topic", StateTopic(room.Id));
        json.WriteString("value_template", "{{ value_json.laeq }}");
        json.WriteString("json_attributes_topic", StateTopic(room.Id));
        json.WriteString("availability_topic", Status);
        json.WriteStartObject("device");
        json.WriteStartArray("identifiers");
        json.WriteStringValue(Id);
        json.WriteEndArray();
        json.WriteString("name", "Rondo");
        json.WriteString("manufacturer", "Rondo");
        json.WriteString("sw_version", version);
        json.WriteEndObject();
        json.WriteStartObject("origin");
        json.WriteString("name", "Rondo");
        json.WriteString("sw_version", version);
        json.WriteEndObject();
    });

    // A level that nobody knows is null, which Home Assistant shows as unknown: a gap is no silence.
    private static string State(RoomLevel room) => Text(json =>
    {
        Write(json, "laeq", room.LAeq);
        Write(json, "lafmax", room.LAFmax);
        Write(json, "leq_1m", room.Leq1m);
        json.WriteString("state", NoiseJson.Text(room.State));
        NoiseJson.WriteFlags(json, "quality", room.Quality);
        json.WriteNumber("devices", room.Devices);
        if (room.HeardUntil is { } until)
        {
            json.WriteString("heard_until", StreamJson.Text(until));
        }
    });

    private static void Write(Utf8JsonWriter json, string name, double? level)
    {
        if (level is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 1));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Text(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(StreamJson.Object(write));
}
