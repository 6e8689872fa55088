using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Lab.Models;

/// <summary>
/// A user's own handler as the work of a model: <c>static Task M(HttpContext)</c> of an assembly. It is given a request
/// without a body; its status and its body are the answer. The models that block wait for its task.
/// </summary>
internal sealed class HandlerWork : IRequestHandler
{
    /// <summary>How it is written.</summary>
    public const string Form = "handler:PATH.dll#Type.Method";

    private const string Prefix = "handler:";

    private readonly Func<HttpContext, Task> _handler;

    private HandlerWork(Func<HttpContext, Task> handler) => _handler = handler;

    public static bool Is(string work) => work.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Loads it.</summary>
    /// <returns>Null and why not, with the candidates.</returns>
    public static (HandlerWork? Handler, string? Mistake) Load(string work)
    {
        var parts = work[Prefix.Length..].Split('#');
        if (parts is not [var path, var name] || name.LastIndexOf('.') is var dot && dot <= 0)
        {
            return (null, $"'{work}' names no method: {Form}");
        }

        if (!File.Exists(path))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var there = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.dll").Select(Path.GetFileName) : [];
            return (null, $"There is no file '{path}'.{Candidates(there!)}");
        }

        try
        {
            var assembly = new Context(Path.GetFullPath(path)).LoadFromAssemblyPath(Path.GetFullPath(path));
            var types = assembly.GetTypes();
            if (types.FirstOrDefault(t => t.FullName == name[..dot]) is not { } type)
            {
                return (null, $"'{path}' has no type '{name[..dot]}'.{Candidates(types.SelectMany(Handlers))}");
            }

            return type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .FirstOrDefault(m => m.Name == name[(dot + 1)..] && IsHandler(m)) is { } method
                ? (new HandlerWork(method.CreateDelegate<Func<HttpContext, Task>>()), null)
                : (null, $"'{name}' is no 'static Task {name[(dot + 1)..]}(HttpContext)'."
                    + Candidates(types.SelectMany(Handlers)));
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or ReflectionTypeLoadException
            or FileNotFoundException)
        {
            return (null, $"'{path}' cannot be loaded: {e.Message}");
        }
    }

    public HttpAnswer AnswerBlocking(string target)
    {
#pragma warning disable RS0030 // That is what code without an event loop does with a task.
        return AnswerAsync(target).AsTask().GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    public async ValueTask<HttpAnswer> AnswerAsync(string target)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        context.Request.Method = "GET";
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Scheme = "http";
        var question = target.IndexOf('?', StringComparison.Ordinal);
        context.Request.Path = PathString.FromUriComponent(question < 0 ? target : target[..question]);
        context.Request.QueryString = new QueryString(question < 0 ? "" : target[question..]);
        await _handler(context);
        await context.Response.CompleteAsync();
        return new HttpAnswer(context.Response.StatusCode, Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length));
    }

    private static bool IsHandler(MethodInfo method) => method is { IsStatic: true, IsGenericMethod: false }
        && typeof(Task).IsAssignableFrom(method.ReturnType)
        && method.GetParameters() is [{ ParameterType: var parameter }] && parameter == typeof(HttpContext);

    private static IEnumerable<string> Handlers(Type type) =>
        type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(m => IsHandler(m) && !m.Name.Contains('<', StringComparison.Ordinal))
            .Select(m => $"{type.FullName}.{m.Name}");

    private static string Candidates(IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } there
            ? $" There is: {string.Join(", ", there)}"
            : " There is none.";

    // What the handler needs lies beside it; what the program has already is shared.
    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            Default.Assemblies.Any(a => a.GetName().Name == assemblyName.Name) ? null
            : _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found)
            : null;
    }
}
