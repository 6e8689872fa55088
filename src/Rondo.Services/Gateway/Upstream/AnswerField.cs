namespace Rondo.Services.Gateway.Upstream;

/// <summary>A field of an answer, to be handed on.</summary>
internal readonly record struct AnswerField(string Name, string Value);
