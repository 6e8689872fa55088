using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Load;

namespace Rondo.Lab;

/// <summary><c>rondo lab explain</c>: what a check means and what to do.</summary>
internal static class ExplainTool
{
    /// <param name="code">The check's name; null lists them.</param>
    /// <param name="output">Takes the text.</param>
    /// <param name="error">Takes what went wrong.</param>
    public static int Run(string? code, TextWriter output, TextWriter error)
    {
        if (code is null)
        {
            foreach (var explanation in Explanation.All)
            {
                output.Write($"{explanation.Code,-18} {explanation.Meaning}\n");
            }

            return LoadExit.Ok;
        }

        if (Explanation.Of(code) is not { } found)
        {
            error.WriteLine(
                $"rondo: there is no check '{code}': {string.Join(", ", Explanation.All.Select(e => e.Code))}");
            return LoadExit.Usage;
        }

        output.Write($"{found.Code}\n  must be  {found.Meaning}\n  why      {found.Reason}\n  to do    {found.Remedy}\n");
        return LoadExit.Ok;
    }
}
