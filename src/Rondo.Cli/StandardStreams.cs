namespace Rondo.Cli;

/// <summary>What an invocation does not know about the process it runs in.</summary>
internal static class StandardStreams
{
    // The invocation has an output and an error, but no input, and does not say where they lead.
#pragma warning disable RS0030
    public static TextReader Input => Console.In;

    public static Stream InputBytes => Console.OpenStandardInput();

    public static TextWriter Output => Console.Out;

    public static TextWriter Error => Console.Error;

    /// <summary>Whether a line that was written can be written over.</summary>
    public static bool ErrorIsTerminal =>
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb"
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Whether somebody sees the output as it comes.</summary>
    public static bool OutputIsTerminal =>
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Whether the output is a terminal whose user does not mind colours.</summary>
    public static bool OutputHasColor => OutputIsTerminal
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The width of the terminal, 100 where there is none.</summary>
    public static int Columns => OutputIsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth - 1 : 100;
#pragma warning restore RS0030
}
