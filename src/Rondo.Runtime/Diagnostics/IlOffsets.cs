using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Where compiled instructions come from, as the runtime lists it at the end of a recording. The trace library has the
/// same, but only for the address after a call, and for one of several compilations of a method.
/// </summary>
internal sealed class IlOffsets
{
    private readonly List<(ulong Start, ulong End, (long, long) Compilation)> _code = [];
    private readonly Dictionary<(long, long), List<(int Native, int Il)>> _maps = [];

    public static IlOffsets Read(string trace)
    {
        var offsets = new IlOffsets();
        using var source = new EventPipeEventSource(trace);
        var rundown = new ClrRundownTraceEventParser(source);
        rundown.MethodDCStopVerbose += offsets.Add;
        rundown.MethodILToNativeMapDCStop += offsets.Add;
        source.Process();
        return offsets;
    }

    /// <summary>The IL offset of the instruction at an address, or -1.</summary>
    public int Find(ulong address)
    {
        foreach (var (start, end, compilation) in _code)
        {
            if (address >= start && address < end)
            {
                return _maps.TryGetValue(compilation, out var map) ? Find(map, (int)(address - start)) : -1;
            }
        }

        return -1;
    }

    private static int Find(List<(int Native, int Il)> map, int native)
    {
        var (best, il) = (-1, -1);
        foreach (var entry in map)
        {
            // Negative offsets stand for the prologue, the epilogue and what has no counterpart.
            if (entry.Native <= native && entry.Native >= best && entry.Il >= 0)
            {
                (best, il) = entry;
            }
        }

        return il;
    }

    private void Add(MethodLoadUnloadVerboseTraceData code) => _code.Add((
        code.MethodStartAddress, code.MethodStartAddress + (ulong)code.MethodSize, (code.MethodID, code.ReJITID)));

    private void Add(MethodILToNativeMapTraceData map) => _maps[(map.MethodID, map.ReJITID)] =
        [.. Enumerable.Range(0, map.CountOfMapEntries).Select(i => (map.NativeOffset(i), map.ILOffset(i)))];
}
