using System.Reflection;

namespace Rondo.Services.Hosting;

/// <summary>The version of this build, as <c>rondo --version</c> has it: in the welcome, to servers that are asked.</summary>
internal static class ProductVersion
{
    /// <summary>Such as <c>1.2.3</c>, or <c>1.2.4-alpha.5</c> between two releases.</summary>
    public static string Text { get; } = typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
