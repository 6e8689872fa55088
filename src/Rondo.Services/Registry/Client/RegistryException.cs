using System.Net;

namespace Rondo.Services.Registry.Client;

/// <summary>The registry has refused something; the message is what it says.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class RegistryException : Exception
{
    internal RegistryException(HttpStatusCode status, string problem, string message)
        : base(message) => (Status, Problem) = (status, problem);

    /// <summary>The status of its answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The kind of refusal, such as <c>lease-held</c>; empty if the answer named none.</summary>
    public string Problem { get; }
}
