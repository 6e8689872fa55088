namespace Rondo.Services.Chat;

/// <summary>Refuses texts with words that the settings name, in whatever spelling: it compares their looks.</summary>
internal sealed class WordFilter(Func<ChatOptions> options)
{
    private string[]? _words;
    private HashSet<string> _skeletons = [];

    public ChatRefusal? Check(string text)
    {
        var words = options().FilteredWords;
        if (!ReferenceEquals(words, _words))
        {
            (_words, _skeletons) = (words, [.. words.Select(Nickname.Skeleton)]);
        }

        return _skeletons.Count > 0 && Words(text).Any(_skeletons.Contains)
            ? new ChatRefusal(ChatProblems.UnusableText, "The text has a word that is not wanted here.")
            : null;
    }

    private static IEnumerable<string> Words(string text) => text
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Nickname.Skeleton);
}
