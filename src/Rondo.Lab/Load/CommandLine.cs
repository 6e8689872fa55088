namespace Rondo.Lab.Load;

/// <summary>Reads a command line as getopt does: <c>-c8</c>, <c>-c 8</c>, <c>-kq</c>, <c>--timeout 2s</c>, <c>--timeout=2s</c>.</summary>
/// <param name="withValue">Letters of the options that take a value.</param>
/// <param name="without">Letters of those that take none.</param>
/// <param name="longNames">Long names, and the letter each stands for.</param>
internal sealed class CommandLine(string withValue, string without, params (string Name, char Letter)[] longNames)
{
    private readonly List<(char Letter, string Value)> _options = [];
    private readonly List<string> _rest = [];

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Rest => _rest;

    /// <exception cref="LoadException">An option is unknown, or lacks its value.</exception>
    public void Read(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                _rest.AddRange(arguments.Skip(i + 1));
                return;
            }

            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                ReadLong(argument[2..], arguments, ref i);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                ReadShort(argument[1..], arguments, ref i);
            }
            else
            {
                _rest.Add(argument);
            }
        }
    }

    public bool Has(char letter) => _options.Any(o => o.Letter == letter);

    /// <summary>The last value given; null without.</summary>
    public string? Value(char letter) => _options.LastOrDefault(o => o.Letter == letter).Value;

    public IEnumerable<string> Values(char letter) => _options.Where(o => o.Letter == letter).Select(o => o.Value);

    private static LoadException Unknown(string option) => new($"unknown option '{option}'", LoadExit.Usage);

    private static string Next(string option, IReadOnlyList<string> arguments, ref int i) => ++i < arguments.Count
        ? arguments[i]
        : throw new LoadException($"option '{option}' needs a value", LoadExit.Usage);

    private void ReadLong(string text, IReadOnlyList<string> arguments, ref int i)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? text : text[..equals];
        var letter = longNames.FirstOrDefault(l => l.Name == name).Letter;
        if (letter == default)
        {
            throw Unknown("--" + name);
        }

        var value = !withValue.Contains(letter, StringComparison.Ordinal) ? ""
            : equals >= 0 ? text[(equals + 1)..]
            : Next("--" + name, arguments, ref i);
        _options.Add((letter, value));
    }

    private void ReadShort(string text, IReadOnlyList<string> arguments, ref int i)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var letter = text[at];
            if (withValue.Contains(letter, StringComparison.Ordinal))
            {
                var value = at + 1 < text.Length ? text[(at + 1)..] : Next("-" + letter, arguments, ref i);
                _options.Add((letter, value));
                return;
            }

            if (!without.Contains(letter, StringComparison.Ordinal))
            {
                throw Unknown("-" + letter);
            }

            _options.Add((letter, ""));
        }
    }
}
