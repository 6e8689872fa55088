using System.Reflection;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Rondo.Runtime.Diagnostics;

/// <summary>Turns the addresses of a sample into methods of this process. A companion of the sampler.</summary>
internal sealed class SampledFrames(IlOffsets offsets)
{
    private readonly Dictionary<(ulong, bool), CodeFrame?> _frames = [];
    private readonly Dictionary<string, Module?> _modules = [];

    /// <summary>Innermost first, without what has no method: native code, code made at run time.</summary>
    public IEnumerable<CodeFrame> Of(TraceCallStack stack)
    {
        for (var caller = stack; caller is not null; caller = caller.Caller)
        {
            if (Find(caller.CodeAddress, isReturn: !ReferenceEquals(caller, stack)) is { } frame)
            {
                yield return frame;
            }
        }
    }

    private CodeFrame? Find(TraceCodeAddress address, bool isReturn)
    {
        if (_frames.TryGetValue((address.Address, isReturn), out var frame))
        {
            return frame;
        }

        if (address.Method is { } method
            && Find(address.ModuleFilePath)?.ResolveMethod(method.MethodToken) is { } found)
        {
            // A caller's address is that of the instruction after the call, which may belong to the next statement.
            frame = new CodeFrame(found, offsets.Find(isReturn ? address.Address - 1 : address.Address));
        }

        return _frames[(address.Address, isReturn)] = frame;
    }

    private Module? Find(string path)
    {
        if (!_modules.TryGetValue(path, out var module))
        {
            // A file packed into another has no place of its own; then its name has to do.
            module = AppDomain.CurrentDomain.GetAssemblies()
                .Where(a => !a.IsDynamic)
                .Select(a => a.ManifestModule)
                .FirstOrDefault(m => m.FullyQualifiedName == path || m.ScopeName == Path.GetFileName(path));
            _modules[path] = module;
        }

        return module;
    }
}
