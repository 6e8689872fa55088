using System.Text;
using System.Text.RegularExpressions;

namespace Rondo.Workshop;

/// <summary>What exercises use of curl's command line: method, fields, body, and the status behind it.</summary>
internal static partial class CurlCommand
{
    private const string Status = "%{http_code}";

    /// <summary>What the command would print, asked of the server at <paramref name="address"/>.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(HttpClient client, string command, Uri address)
    {
        var words = Word().Matches(command).Select(w => w.Value.Trim('\'')).Skip(1).ToList();
        using var request = new HttpRequestMessage();
        var shown = "";
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "-X":
                    request.Method = new HttpMethod(words[++i]);
                    break;
                case "-d":
                    request.Content = new StringContent(words[++i], Encoding.UTF8, "application/x-www-form-urlencoded");
                    request.Method = request.Method == HttpMethod.Get ? HttpMethod.Post : request.Method;
                    break;
                case "-H":
                    var field = words[++i].Split(": ", 2);
                    request.Headers.TryAddWithoutValidation(field[0], field[1]);
                    break;
                case "-w":
                    shown = words[++i];
                    break;
                case var url:
                    request.RequestUri = new Uri(address, new Uri(url).PathAndQuery);
                    break;
            }
        }

        using var answer = await client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        var text = body + shown.Replace(Status, ((int)answer.StatusCode).ToString(), StringComparison.Ordinal);
        return text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();
}
