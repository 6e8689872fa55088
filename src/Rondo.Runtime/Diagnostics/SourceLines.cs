using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Rondo.Runtime.Diagnostics;

/// <summary>Finds the line of source that an instruction was compiled from, in the portable PDB of its assembly.</summary>
internal static class SourceLines
{
    /// <summary>Null without a PDB, and for code that no line of source stands for.</summary>
    /// <param name="method">The method.</param>
    /// <param name="offset">The instruction's IL offset; negative if unknown, which gives the method's first line.</param>
    public static SourceLine? Find(MethodBase method, int offset)
    {
        try
        {
            var path = method.Module.FullyQualifiedName;
            using var file = new PEReader(File.OpenRead(path));
            if (!file.TryOpenAssociatedPortablePdb(path, Open, out var pdb, out _))
            {
                return null;
            }

            using (pdb)
            {
                return Find(pdb!.GetMetadataReader(), method.MetadataToken, offset);
            }
        }
        catch (Exception error) when (
            error is IOException or BadImageFormatException or InvalidOperationException or NotSupportedException
                or UnauthorizedAccessException or ArgumentException)
        {
            // Compiled in memory, packed into a single file, or a file that is damaged or not ours to read.
            return null;
        }
    }

    private static FileStream? Open(string path) => File.Exists(path) ? File.OpenRead(path) : null;

    private static SourceLine? Find(MetadataReader reader, int token, int offset)
    {
        var handle = ((MethodDefinitionHandle)MetadataTokens.Handle(token)).ToDebugInformationHandle();
        SequencePoint? found = null;
        foreach (var point in reader.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (found is not null && point.Offset > offset)
            {
                break;
            }

            if (!point.IsHidden)
            {
                found = point;
            }
        }

        return found is { } hit
            ? new SourceLine(reader.GetString(reader.GetDocument(hit.Document).Name), hit.StartLine)
            : null;
    }
}

/// <summary>A place in the source.</summary>
/// <param name="File">As the compiler was given it.</param>
/// <param name="Line">From 1.</param>
internal sealed record SourceLine(string File, int Line)
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}");
}
