using System.Text.Json.Serialization;

namespace Rondo.Lab.Load;

/// <summary>Between the processes; written by the compiler, since reflection would double the worker's start.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadPlan))]
[JsonSerializable(typeof(WorkerMessage))]
internal sealed partial class LoadJsonContext : JsonSerializerContext;
