using System.Text;

namespace Rondo.Services.Supervision;

/// <summary>Reads what a process writes, line by line, and of a line no more than a bound.</summary>
internal static class BoundedLines
{
    private const int BufferLength = 4096;
    private const char Cut = '…';

    /// <summary>The lines up to the end, each without its ending; of longer ones the beginning.</summary>
    /// <param name="reader">What is read.</param>
    /// <param name="longest">Characters of a line.</param>
    /// <param name="take">Gets each line.</param>
    public static async Task ReadAsync(TextReader reader, int longest, Action<string> take)
    {
        var buffer = new char[BufferLength];
        var line = new StringBuilder();
        var (isCut, hasLine) = (false, false);
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                var character = buffer[i];
                if (character == '\n')
                {
                    End();
                }
                else if (character != '\r')
                {
                    hasLine = true;
                    if (line.Length < longest)
                    {
                        line.Append(character);
                    }
                    else
                    {
                        isCut = true;
                    }
                }
            }
        }

        if (hasLine)
        {
            End();
        }

        void End()
        {
            take(isCut ? line.Append(Cut).ToString() : line.ToString());
            line.Clear();
            (isCut, hasLine) = (false, false);
        }
    }
}
