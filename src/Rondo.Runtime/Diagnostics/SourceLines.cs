using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Finds the line of source that an instruction was compiled from, in the portable PDB of its assembly.
/// </summary>
internal static class SourceLines
{
    // Portable PDB: async methods, where they are left and entered again at each await.
    private static readonly Guid s_steppingInformation = new("54FD2AC5-E925-401A-9C2A-F94F171072F8");

    /// <summary>Null without a PDB, and for code that no line of source stands for.</summary>
    /// <param name="method">The method.</param>
    /// <param name="offset">
    /// The instruction's IL offset; negative if unknown, which gives the method's first line.
    /// </param>
    public static SourceLine? Find(MethodBase method, int offset) =>
        Read(method, (pdb, handle) => Find(pdb, handle, offset));

    /// <summary>The line of one of an async method's awaits, counted from 0 in the order of the source.</summary>
    /// <param name="moveNext">The body, in the type that the compiler has made.</param>
    /// <param name="number">Which.</param>
    public static SourceLine? FindAwait(MethodBase moveNext, int number) =>
        Read(moveNext, (pdb, handle) => FindAwait(pdb, handle, number));

    private static SourceLine? Read(
        MethodBase method, Func<MetadataReader, MethodDefinitionHandle, SourceLine?> find)
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
                var handle = (MethodDefinitionHandle)MetadataTokens.Handle(method.MetadataToken);
                return find(pdb!.GetMetadataReader(), handle);
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

    private static SourceLine? FindAwait(MetadataReader reader, MethodDefinitionHandle method, int number)
    {
        foreach (var handle in reader.GetCustomDebugInformation(method))
        {
            var information = reader.GetCustomDebugInformation(handle);
            if (reader.GetGuid(information.Kind) != s_steppingInformation)
            {
                continue;
            }

            // The catch handler, then for each await: where it is left, where it is entered, in which method.
            var blob = reader.GetBlobReader(information.Value);
            blob.ReadUInt32();
            while (blob.RemainingBytes > 0)
            {
                var left = (int)blob.ReadUInt32();
                blob.ReadUInt32();
                blob.ReadCompressedInteger();
                if (number-- == 0)
                {
                    return Find(reader, method, left);
                }
            }
        }

        return null;
    }

    private static SourceLine? Find(MetadataReader reader, MethodDefinitionHandle method, int offset)
    {
        SequencePoint? found = null;
        foreach (var point in reader.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
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
