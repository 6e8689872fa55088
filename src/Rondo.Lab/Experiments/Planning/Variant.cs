using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Planning;

/// <summary>One of the things that an experiment compares: a model, or a model with other work or another load.</summary>
/// <param name="Label">Its name in the results.</param>
/// <param name="Model">As in the catalogue: <c>pool:8</c>; null for a target that is there already.</param>
/// <param name="Work">What each request costs; null if that is not known beforehand.</param>
internal sealed record Variant(string Label, string? Model, WorkSpec? Work)
{
    /// <summary>What follows <c>rondo lab serve</c> and the model.</summary>
    public IReadOnlyList<string> ServeArguments { get; init; } = [];

    /// <summary>The target, if there is no model to start.</summary>
    public Uri? Target { get; init; }

    /// <summary>What is asked for.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Requests per second of an open load; null for a closed one.</summary>
    public double? Rate { get; init; }

    /// <summary>
    /// The rate as a share of what the model serves at most, which is found out before; null where the rate is known.
    /// </summary>
    public double? Share { get; init; }

    /// <summary>Whether requests come whether or not earlier ones are answered.</summary>
    public bool IsOpen => Rate is not null || Share is not null;

    /// <summary>Environment variables of the server.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How much the server that it asks waits; null if it asks nobody.</summary>
    public WorkSpec? Upstream { get; init; }

    /// <summary>How many requests the server's downstream serves at a time; null for all.</summary>
    public int? Slots { get; init; }

    /// <summary>How many connections the load has; null for as many as the cell says.</summary>
    public int? LoadConnections { get; init; }

    /// <summary>Whether the cell's connections are idle, beside those of the load.</summary>
    public bool HoldsIdle { get; init; }

    /// <summary>Clients that send a byte of their request every 100 ms, beside the load.</summary>
    public int SlowClients { get; init; }

    /// <summary>Whether each connection sends one request, all at once, to a server that has seen none yet.</summary>
    public bool IsBurst { get; init; }

    /// <summary>What is asked for a few times a second, beside the load, to see who has to wait; null for nothing.</summary>
    public string? ProbePath { get; init; }

    /// <summary>After so many seconds a request has failed; null for as long as it may take.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>How many connections the load of a cell has.</summary>
    public int LoadOf(int connections) => LoadConnections ?? connections;
}
