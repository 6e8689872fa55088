using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// The portable PDB of one assembly, beside it or inside it: from a place in the compiled code to the line it came
/// from. Assemblies are read from disk, so the one that asks need not be the one that runs them.
/// </summary>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class SymbolFile
{
    // Portable PDB specification, "Async Method Stepping Information".
    private static readonly Guid AsyncStepping = new("54FD2AC5-E925-401A-9C2A-F94F171072F8");

    private static readonly ConcurrentDictionary<string, SymbolFile?> s_files = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<(int Method, int Offset), SourceLine?> _lines = new();
    private readonly ConcurrentDictionary<int, ImmutableArray<int>> _awaits = new();
    private readonly MetadataReader _code;
    private readonly MetadataReader _symbols;

    private SymbolFile(MetadataReader code, MetadataReader symbols)
    {
        _code = code;
        _symbols = symbols;
    }

    /// <summary>The symbols of an assembly; null when there are none, or none that can be read.</summary>
    /// <param name="assembly">Its path.</param>
    public static SymbolFile? Of(string assembly) => s_files.GetOrAdd(assembly, Open);

    /// <summary>The line of an instruction in this process's code; null without symbols.</summary>
    /// <param name="method">The method.</param>
    /// <param name="offset">In its intermediate language; negative, if unknown, gives the method's first line.</param>
    public static SourceLine? LineOf(MethodBase method, int offset) =>
        In(method.Module)?.LineAt(method.MetadataToken, offset);

    /// <summary>The await at which a state machine of this process is suspended; null without symbols.</summary>
    /// <param name="machine">Its type.</param>
    /// <param name="state">As below.</param>
    public static SourceLine? LineOfAwait(Type machine, int state) =>
        In(machine.Module)?.LineOfAwait(machine.MetadataToken, state);

    /// <summary>The await at which a state machine is suspended.</summary>
    /// <param name="type">The metadata token of the state machine's type.</param>
    /// <param name="state">Its state, from 0: the compiler numbers the awaits in the order of the code.</param>
    public SourceLine? LineOfAwait(int type, int state)
    {
        try
        {
            var method = MoveNext(type);
            var offsets = method == 0 ? [] : _awaits.GetOrAdd(method, AwaitOffsets);
            return state >= 0 && state < offsets.Length ? LineAt(method, offsets[state]) : null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>The line of an instruction.</summary>
    /// <param name="method">The method's metadata token.</param>
    /// <param name="offset">In the method's intermediate language, bytes.</param>
    public SourceLine? LineAt(int method, int offset)
    {
        try
        {
            return _lines.GetOrAdd((method, offset), FindLine);
        }
        catch (BadImageFormatException)
        {
            // Damaged symbols are as good as none.
            return null;
        }
    }

    // What was compiled in memory, or packed into a single file, has no path.
    private static SymbolFile? In(Module module) =>
        File.Exists(module.FullyQualifiedName) ? Of(module.FullyQualifiedName) : null;

    private static SymbolFile? Open(string assembly)
    {
        try
        {
            // Never closed: what has been read once is asked for again, and the readers point into it.
            var image = new PEReader(new MemoryStream(File.ReadAllBytes(assembly)));
            return image.TryOpenAssociatedPortablePdb(assembly, Read, out var symbols, out _)
                ? new SymbolFile(image.GetMetadataReader(), symbols!.GetMetadataReader())
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException
            or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }

        static Stream? Read(string path) => File.Exists(path) ? new MemoryStream(File.ReadAllBytes(path)) : null;
    }

    private int MoveNext(int type)
    {
        if (MetadataTokens.EntityHandle(type) is not { Kind: HandleKind.TypeDefinition } handle)
        {
            return 0;
        }

        foreach (var method in _code.GetTypeDefinition((TypeDefinitionHandle)handle).GetMethods())
        {
            if (_code.StringComparer.Equals(_code.GetMethodDefinition(method).Name, "MoveNext"))
            {
                return MetadataTokens.GetToken(method);
            }
        }

        return 0;
    }

    private ImmutableArray<int> AwaitOffsets(int method)
    {
        var offsets = ImmutableArray.CreateBuilder<int>();
        foreach (var handle in _symbols.GetCustomDebugInformation(MetadataTokens.EntityHandle(method)))
        {
            var information = _symbols.GetCustomDebugInformation(handle);
            if (_symbols.GetGuid(information.Kind) != AsyncStepping)
            {
                continue;
            }

            var blob = _symbols.GetBlobReader(information.Value);
            blob.ReadUInt32();
            while (blob.RemainingBytes > 0)
            {
                // Where it suspends, where it resumes, in which method it resumes.
                offsets.Add((int)blob.ReadUInt32());
                blob.ReadUInt32();
                blob.ReadCompressedInteger();
            }
        }

        return offsets.ToImmutable();
    }

    private SourceLine? FindLine((int Method, int Offset) place)
    {
        var handle = MetadataTokens.MethodDefinitionHandle(place.Method & 0xFFFFFF).ToDebugInformationHandle();
        var found = default(SequencePoint);
        foreach (var point in _symbols.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (!found.Document.IsNil && point.Offset > place.Offset)
            {
                break;
            }

            if (!point.IsHidden)
            {
                found = point;
            }
        }

        return found.Document.IsNil
            ? null
            : new SourceLine(_symbols.GetString(_symbols.GetDocument(found.Document).Name), found.StartLine);
    }
}
