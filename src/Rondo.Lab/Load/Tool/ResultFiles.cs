namespace Rondo.Lab.Load.Tool;

/// <summary>Writes results to files.</summary>
internal static class ResultFiles
{
    /// <summary>Writes a text to a file; <c>-</c> is the output, if there is one.</summary>
    /// <exception cref="LoadException">The file cannot be written.</exception>
    public static async Task WriteAsync(string file, string text, TextWriter? output = null)
    {
        if (file == "-" && output is not null)
        {
            await output.WriteAsync(text);
            return;
        }

        try
        {
            await File.WriteAllTextAsync(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"cannot write '{file}': {e.Message}");
        }
    }
}
