using System.Security.Cryptography;

namespace Rondo.Lab.Load.Engine;

/// <summary>Reads what a connection answers, piece by piece, and tells when an answer is whole.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal abstract class AnswerReader
{
    /// <summary>The status code.</summary>
    public int Status { get; protected set; }

    /// <summary>How long the body is so far, without framing.</summary>
    public long BodyBytes { get; protected set; }

    /// <summary>Whether the server keeps the connection open after this answer.</summary>
    public bool KeepsAlive { get; protected set; }

    /// <summary>Whether a byte of this answer has come.</summary>
    public bool HasBegun { get; protected set; }

    /// <summary>What is wrong, after <see cref="ResponseStep.Malformed"/>.</summary>
    public string Problem { get; protected set; } = "";

    /// <summary>Takes the body along, if set.</summary>
    public IncrementalHash? Hash { get; set; }

    /// <summary>The value of the <c>Server</c> header; read only while <see cref="WantsServer"/>.</summary>
    public string? Server { get; protected set; }

    /// <summary>Whether to keep the server's name of the next response.</summary>
    public bool WantsServer { get; set; }

    /// <summary>A new connection.</summary>
    public virtual void Reset()
    {
    }

    /// <summary>Expects a new answer.</summary>
    /// <param name="isHead">Whether the request was HEAD, whose response has no body.</param>
    public abstract void Start(bool isHead);

    /// <summary>Reads a piece; <paramref name="used"/> tells how much of it belongs to this answer.</summary>
    public abstract ResponseStep Read(ReadOnlySpan<byte> piece, out int used);

    /// <summary>The peer has closed: whether that ends the answer as it should.</summary>
    public abstract bool IsWholeAtEnd();
}
