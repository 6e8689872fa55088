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

    /// <summary>What a pool in front of the work lets through at a time; null for as much as the model does.</summary>
    public int? Downstream { get; init; }
}
