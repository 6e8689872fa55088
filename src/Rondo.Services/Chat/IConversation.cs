using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>What is spoken on a WebSocket of the chat.</summary>
internal interface IConversation : IRecipient
{
    /// <summary>The connection is there. On the loop.</summary>
    Task BeginAsync();

    /// <summary>Reads a message, on whatever thread the connection is; what is returned runs on the loop.</summary>
    Func<Task> Read(Incoming incoming);

    /// <summary>The connection has ended. On the loop.</summary>
    Task EndAsync();
}
