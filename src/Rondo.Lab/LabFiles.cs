using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Reports;

namespace Rondo.Lab;

/// <summary>Writes the page and the charts of a result.</summary>
internal static class LabFiles
{
    /// <exception cref="LoadException">A file cannot be written.</exception>
    public static async Task WriteAsync(LabResult result, LabOutput files)
    {
        if (files.Report is { } page)
        {
            var text = new StringWriter();
            LabReport.Write(result, text);
            await ResultFiles.WriteAsync(page, text.ToString());
        }

        if (files.Svg is { } svg)
        {
            foreach (var (name, content) in LabCharts.Svg(result))
            {
                await ResultFiles.WriteAsync(Path.Combine(Folder(svg), name), content);
            }
        }

        if (files.Png is { } png)
        {
            foreach (var (name, content) in LabCharts.Png(result))
            {
                await WriteAsync(Path.Combine(Folder(png), name), content);
            }
        }
    }

    private static async Task WriteAsync(string file, byte[] content)
    {
        try
        {
            await File.WriteAllBytesAsync(file, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"cannot write '{file}': {e.Message}");
        }
    }

    private static string Folder(string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"cannot write '{path}': {e.Message}");
        }
    }
}
