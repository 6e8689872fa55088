using System.Text.Json;

namespace Rondo.Services.Registry.Consul;

/// <summary>Instances in the words of Consul's answers.</summary>
internal static class ConsulJson
{
    public static string Status(ServiceInstance instance) => instance.State switch
    {
        InstanceState.Passing when !instance.Lease.IsOver => "passing",
        InstanceState.Warning when !instance.Lease.IsOver => "warning",
        _ => "critical",
    };

    /// <summary>
    /// An entry of <c>/v1/agent/services</c>, and the service within one of <c>/v1/health/service</c>.
    /// </summary>
    public static void WriteService(Utf8JsonWriter json, ServiceInstance instance)
    {
        var url = new Uri(instance.Registration.Url);
        json.WriteStartObject();
        json.WriteString("ID", instance.Id);
        json.WriteString("Service", instance.Name);
        WriteTags(json, "Tags", instance);
        WriteMeta(json, "Meta", instance);
        json.WriteNumber("Port", url.Port);
        json.WriteString("Address", url.IdnHost.Trim('[', ']'));
        WriteWeights(json, "Weights", instance);
        json.WriteBoolean("EnableTagOverride", false);
        json.WriteNumber("CreateIndex", instance.Index + 1);
        json.WriteNumber("ModifyIndex", instance.Index + 1);
        json.WriteEndObject();
    }

    /// <summary>An entry of <c>/v1/catalog/service</c>.</summary>
    public static void WriteCatalogEntry(Utf8JsonWriter json, ServiceInstance instance)
    {
        var url = new Uri(instance.Registration.Url);
        json.WriteStartObject();
        json.WriteString("ID", "");
        json.WriteString("Node", ConsulDesk.Node);
        json.WriteString("Address", url.IdnHost.Trim('[', ']'));
        json.WriteString("Datacenter", ConsulDesk.Datacenter);
        json.WriteString("ServiceID", instance.Id);
        json.WriteString("ServiceName", instance.Name);
        WriteTags(json, "ServiceTags", instance);
        json.WriteString("ServiceAddress", url.IdnHost.Trim('[', ']'));
        json.WriteNumber("ServicePort", url.Port);
        WriteMeta(json, "ServiceMeta", instance);
        WriteWeights(json, "ServiceWeights", instance);
        json.WriteBoolean("ServiceEnableTagOverride", false);
        json.WriteNumber("CreateIndex", instance.Index + 1);
        json.WriteNumber("ModifyIndex", instance.Index + 1);
        json.WriteEndObject();
    }

    /// <summary>An entry of <c>/v1/health/service</c>.</summary>
    public static void WriteHealthEntry(Utf8JsonWriter json, ServiceInstance instance)
    {
        json.WriteStartObject();
        json.WriteStartObject("Node");
        json.WriteString("Node", ConsulDesk.Node);
        json.WriteString("Address", new Uri(instance.Registration.Url).IdnHost.Trim('[', ']'));
        json.WriteString("Datacenter", ConsulDesk.Datacenter);
        json.WriteEndObject();
        json.WritePropertyName("Service");
        WriteService(json, instance);
        WriteChecks(json, instance);
        json.WriteEndObject();
    }

    public static void WriteChecks(Utf8JsonWriter json, ServiceInstance instance)
    {
        json.WriteStartArray("Checks");
        WriteCheck(json, instance);
        json.WriteEndArray();
    }

    public static void WriteCheck(Utf8JsonWriter json, ServiceInstance instance)
    {
        var consul = instance.Registration.Consul;
        json.WriteStartObject();
        json.WriteString("Node", ConsulDesk.Node);
        json.WriteString("CheckID", CheckId(instance));
        json.WriteString("Name", consul?.CheckName is { Length: > 0 } name ? name : $"Service '{instance.Name}' check");
        json.WriteString("Status", Status(instance));
        json.WriteString("Notes", "");
        json.WriteString("Output", instance.Maintenance ?? instance.Note);
        json.WriteString("ServiceID", instance.Id);
        json.WriteString("ServiceName", instance.Name);
        WriteTags(json, "ServiceTags", instance);
        json.WriteString("Type", consul?.Check ?? "");
        json.WriteNumber("CreateIndex", instance.Index + 1);
        json.WriteNumber("ModifyIndex", instance.Index + 1);
        json.WriteEndObject();
    }

    public static string CheckId(ServiceInstance instance) =>
        instance.Registration.Consul?.CheckId ?? "service:" + instance.Id;

    private static void WriteTags(Utf8JsonWriter json, string name, ServiceInstance instance)
    {
        json.WriteStartArray(name);
        foreach (var tag in instance.Registration.Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
    }

    private static void WriteMeta(Utf8JsonWriter json, string name, ServiceInstance instance)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in instance.Registration.Meta)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteWeights(Utf8JsonWriter json, string name, ServiceInstance instance)
    {
        json.WriteStartObject(name);
        json.WriteNumber("Passing", instance.Registration.Weight);
        json.WriteNumber("Warning", instance.Registration.Weight);
        json.WriteEndObject();
    }
}
