using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Rondo.Workshop;

/// <summary>
/// Compiles a file as <c>dotnet run FILE</c> would, with the SDK's usings. It may refer to the whole platform and to
/// what exercises refer to, whatever its <c>#:</c> lines say.
/// </summary>
internal static class ExerciseCompiler
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string WebUsings = Usings + """

        global using System.Net.Http.Json;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    private static readonly CSharpParseOptions Parsing =
        CSharpParseOptions.Default.WithFeatures([new("FileBasedProgram", "true")]);

    private static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path))]);

    /// <summary>Writes the program; the errors and warnings, as people read them, if there are any.</summary>
    public static IReadOnlyList<string> Compile(string file, string target)
    {
        var text = File.ReadAllText(file);
        var usings = text.Contains("#:sdk Microsoft.NET.Sdk.Web", StringComparison.Ordinal) ? WebUsings : Usings;
        var source = SourceText.From(text, Encoding.UTF8);
        var options = new CSharpCompilationOptions(
            OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(target),
            [CSharpSyntaxTree.ParseText(source, Parsing, file), CSharpSyntaxTree.ParseText(usings, Parsing)],
            References.Value,
            options);
        EmitResult result;
        using (var program = File.Create(target))
        {
            result = compilation.Emit(program, options: new(debugInformationFormat: DebugInformationFormat.Embedded));
        }

        var worst = result.Success ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error;
        return [.. result.Diagnostics.Where(d => d.Severity == worst && !d.IsSuppressed).Select(Show)];
    }

    private static string Show(Diagnostic complaint)
    {
        var line = complaint.Location.GetLineSpan().StartLinePosition.Line + 1;
        var kind = complaint.Severity.ToString().ToLowerInvariant();
        return $"{kind}, line {line}: {complaint.GetMessage()} ({complaint.Id})";
    }
}
