using System.CommandLine;

namespace Rondo.Cli.Lab;

/// <summary><c>rondo lab</c>.</summary>
internal static class LabCommand
{
    public static Command Create() => new Command("lab", "Measure how execution models serve.")
    {
        LabRunCommand.Create(),
        LabServeCommand.Create(),
        LabToolCommands.Compare(),
        LabToolCommands.Predict(),
        LabToolCommands.Fit(),
        LabToolCommands.Explain(),
        LabToolCommands.Noise(),
        LabToolCommands.Watch(),
    }.WithExamples("rondo lab run --work io:50ms --quick", "rondo lab serve loop");
}
