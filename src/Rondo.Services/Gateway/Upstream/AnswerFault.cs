using System.Net;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>What is wrong with an answer that the platform's client has let pass.</summary>
internal static class AnswerFault
{
    /// <summary>Looks at the head of an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="asked">The protocol that the client has asked to change to; null for none.</param>
    /// <returns>The fault; null if there is none.</returns>
    public static string? Find(HttpResponseMessage answer, string? asked)
    {
        var status = (int)answer.StatusCode;
        if (status == StatusCodes.Status101SwitchingProtocols)
        {
            return asked is not null && answer.Headers.NonValidated.TryGetValues("Upgrade", out var told)
                && told.Count == 1 && told.Single().Equals(asked, StringComparison.OrdinalIgnoreCase)
                ? null
                : "A change of protocol that nobody asked for.";
        }

        if (status is < 200 or > 599)
        {
            return "The status line is none.";
        }

        var hasLength = answer.Content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths);
        if (hasLength && (lengths.Count != 1 || !IsNumber(lengths.Single())))
        {
            return "Content-Length is not one number.";
        }

        if (answer.Version.Major == 1 && answer.Headers.NonValidated.TryGetValues("Transfer-Encoding", out var codings))
        {
            if (hasLength)
            {
                return "Content-Length and Transfer-Encoding at once.";
            }

            if (codings.Count != 1 || answer.Version != HttpVersion.Version11
                || !codings.Single().Equals("chunked", StringComparison.OrdinalIgnoreCase))
            {
                return "Transfer-Encoding is not 'chunked' alone, or not from HTTP/1.1.";
            }
        }

        return answer.Headers.NonValidated.Count + answer.Content.Headers.NonValidated.Count > AnswerHead.MostFields
            ? $"More than {AnswerHead.MostFields} fields."
            : status == StatusCodes.Status205ResetContent && hasLength && lengths.Single() != "0" ? "A body with 205."
            : null;
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
