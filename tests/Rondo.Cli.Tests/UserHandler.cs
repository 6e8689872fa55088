using Microsoft.AspNetCore.Http;

namespace Rondo.Cli.Tests;

/// <summary>What a user of the lab brings along.</summary>
public static class UserHandler
{
    public static async Task AnswerAsync(HttpContext context)
    {
        await Task.Yield();
        await context.Response.WriteAsync($"Asked for {context.Request.Path}.\n");
    }

    public static string Other() => "No handler.";
}
