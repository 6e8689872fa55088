using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Chat.Http;

/// <summary>What the rooms say, over HTTP.</summary>
internal static class ChatAnswers
{
    public static Problem Problem(HttpContext context, ChatRefusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter =
                Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        }

        return new Problem(refusal.Type, refusal.Detail);
    }
}
