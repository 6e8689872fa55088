using Rondo.Services.Hosting;

namespace Rondo.Services.Chat;

/// <summary>The thread on which all rooms live.</summary>
internal sealed class ChatLoop(TimeProvider time, ILogger<ChatLoop> logger)
    : ServiceLoop("rondo-chat", time, error => ChatLog.CallbackFailed(logger, error.Exception, error.ToString()));
