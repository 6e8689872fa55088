using System.Text;

namespace Rondo.Workshop;

/// <summary>What a check found.</summary>
internal sealed class Verdict(Exercise exercise, string file)
{
    private readonly List<string> _findings = [];
    private int _asked;
    private int _missing;

    public bool IsDone => _findings.Count == 0;

    /// <summary>What the compiler said although it made a program.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>For people.</summary>
    public string Text
    {
        get
        {
            if (IsDone)
            {
                return $"{exercise.Id}  {exercise.Title}: done, {_asked} of {_asked}.\n";
            }

            var text = new StringBuilder($"{exercise.Id}  {exercise.Title}\n  {Exercise.Shown(file)}\n");
            _findings.ForEach(finding => text.Append($"  {finding}\n"));
            var rest = _asked == 0 ? "" : $", {_missing} of {_asked} expectations not met so far";
            return text.Append($"Not yet{rest}.\n").ToString();
        }
    }

    /// <summary>Something without which there is nothing to expect: a gap, an error of the compiler.</summary>
    public void Find(string finding) => _findings.Add(finding);

    /// <summary>One expectation; returns whether it is met.</summary>
    public bool Expect(bool isMet, string missing, string hint = "")
    {
        _asked++;
        if (!isMet)
        {
            _missing++;
            _findings.Add($"missing: {missing}");
            if (hint.Length > 0)
            {
                _findings.Add($"hint: {hint}");
            }
        }

        return isMet;
    }
}
