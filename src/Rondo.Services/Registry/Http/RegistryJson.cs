using System.Text.Json;

namespace Rondo.Services.Registry.Http;

/// <summary>How the registry is told in JSON.</summary>
internal static class RegistryJson
{
    /// <summary>A service with its instances.</summary>
    public static void WriteService(
        Utf8JsonWriter json, string name, long index, IEnumerable<ServiceInstance> instances)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("index", index);
        WriteInstances(json, instances);
        json.WriteEndObject();
    }

    public static void WriteInstances(Utf8JsonWriter json, IEnumerable<ServiceInstance> instances)
    {
        json.WriteStartArray("instances");
        foreach (var instance in instances)
        {
            json.WriteStartObject();
            WriteMembers(json, instance);
            json.WriteNumber("ttl_left", Math.Round(instance.Lease.Left().TotalSeconds, 1));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What does not change by itself: also the data of an event.</summary>
    public static void WriteMembers(Utf8JsonWriter json, ServiceInstance instance)
    {
        var registration = instance.Registration;
        json.WriteString("name", instance.Name);
        json.WriteString("id", instance.Id);
        json.WriteString("url", registration.Url);
        json.WriteString("state", instance.State.Text());
        json.WriteString("zone", registration.Zone);
        json.WriteNumber("weight", registration.Weight);
        json.WriteString("since", instance.Since);
        json.WriteString("registered", instance.Registered);
        json.WriteString("ttl", TimeText.Format(registration.Ttl));
        json.WriteNumber("index", instance.Index);
        WriteText(json, "note", instance.Maintenance ?? instance.Note);
        if (instance.IsRemoved)
        {
            json.WriteBoolean("removed", true);
        }

        json.WriteStartArray("tags");
        foreach (var tag in registration.Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteStartObject("meta");
        foreach (var (name, value) in registration.Meta)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("routes");
        foreach (var route in registration.Routes)
        {
            json.WriteStringValue(route);
        }

        json.WriteEndArray();
    }

    /// <summary>Every service with how many of its instances are in which state.</summary>
    public static void WriteServices(Utf8JsonWriter json, RegistrySnapshot registry)
    {
        json.WriteNumber("index", registry.Index);
        json.WriteStartArray("services");
        foreach (var service in registry.Services.Values.OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", service.Name);
            json.WriteNumber("index", service.Index);
            json.WriteNumber("instances", service.All.Length);
            foreach (var state in service.All.GroupBy(i => i.State).OrderBy(g => g.Key))
            {
                json.WriteNumber(state.Key.Text(), state.Count());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0)
        {
            json.WriteString(name, text);
        }
    }
}
