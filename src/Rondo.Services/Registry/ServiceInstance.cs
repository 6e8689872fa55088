using System.Text.Json.Serialization;

namespace Rondo.Services.Registry;

/// <summary>One place at which a service can be had, as it is kept and told. Immutable but for its index.</summary>
internal sealed record ServiceInstance
{
    public required string Name { get; init; }

    public required string Id { get; init; }

    public required Registration Registration { get; init; }

    /// <summary>Who may renew and end it: <c>lease:HASH</c> of a token, or <c>key:PREFIX</c>.</summary>
    public required string Owner { get; init; }

    /// <summary>What it says of itself.</summary>
    public InstanceState Reported { get; init; }

    /// <summary>What the registry's check says; null without one.</summary>
    public InstanceState? Checked { get; init; }

    public string Note { get; init; } = "";

    /// <summary>Set while it drains: how long it has for that.</summary>
    public TimeSpan? Drain { get; init; }

    /// <summary>Set while somebody keeps it out of use: the reason.</summary>
    public string? Maintenance { get; init; }

    /// <summary>Whether its lease ended together with so many others that the registry doubts itself.</summary>
    public bool IsSuspected { get; init; }

    public bool IsExpired { get; init; }

    /// <summary>Whether this is the last that is told of it.</summary>
    public bool IsRemoved { get; init; }

    public DateTimeOffset Registered { get; init; }

    /// <summary>Since when it is in its state.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The revision at which it became so; set once it is durable, before anybody sees it.</summary>
    public long Index { get; set; }

    [JsonIgnore]
    public InstanceLease Lease { get; set; } = null!;

    [JsonIgnore]
    public InstanceLoad Load { get; set; } = null!;

    /// <summary>Whether it is in this process, and can be called without the network.</summary>
    [JsonIgnore]
    public bool IsLocal => Claim.OfThisProcess.Owns(this);

    [JsonIgnore]
    public InstanceState State =>
        IsExpired ? InstanceState.Expired
        : Drain is not null ? InstanceState.Draining
        : Maintenance is not null ? InstanceState.Critical
        : Worst(Worst(Reported, Checked ?? InstanceState.Passing), IsSuspected ? InstanceState.Warning : default);

    /// <summary>Whether it is given to who looks for its service.</summary>
    [JsonIgnore]
    public bool IsUp => !IsRemoved && State is InstanceState.Passing or InstanceState.Warning;

    /// <summary>The same at this very moment, also while the end of its lease is not stored yet.</summary>
    [JsonIgnore]
    public bool IsReady => IsUp && !Lease.IsOver;

    private static InstanceState Worst(InstanceState one, InstanceState other) => one > other ? one : other;
}
