using System.CommandLine;
using Rondo.Services.Noise;

namespace Rondo.Cli;

internal static class NoiseCommand
{
    public static Command Create() => new Command("noise", "Measure how loud a room or a recording is, in dB(A).")
    {
        File(), Probe(),
    }.WithExamples(
        "rondo noise file hall.wav --calibration 120",
        "rondo noise probe --url http://10.0.0.5:8080 --token-file lobby.json --device plughw:1");

    private static Command File()
    {
        var path = new Argument<string>("wav")
        {
            Description = "The recording: WAV of 8 to 32 bits or float, also above 4 GB; - for the standard input",
        };
        var calibration = new Option<string?>("--calibration")
        {
            Description = "dB(A) at full scale, such as 120, or a recording of a known level by the same microphone, "
                + "such as tone.wav=94 [default: 120, uncalibrated]",
            HelpName = "DB|WAV=DB",
        };
        var channel = new Option<int>("--channel")
        {
            Description = "Which channel",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        channel.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(int.TryParse(token.Value, out var number) && number is >= 1 and <= 64))
            {
                result.AddError("--channel is 1 to 64.");
            }
        });
        var slow = new Option<bool>("--slow") { Description = "LASmax instead of LAFmax" };
        var each = new Option<bool>("--each") { Description = "A line for each second, too" };
        var json = CommonOptions.Json();
        var command = new Command("file", "Measure a recording: LAeq, LAFmax, LCpeak, L10, L50, L90.")
        {
            path, calibration, channel, slow, each, json,
        }.WithExamples(
            "rondo noise file hall.wav", "rondo noise file hall.wav --calibration tone.wav=94 --each --json");
        command.SetAction((parsed, cancellation) => NoiseFileTool.RunAsync(
            new NoiseFileQuery(parsed.GetValue(path)!)
            {
                Input = StandardStreams.InputBytes,
                Calibration = parsed.GetValue(calibration),
                Channel = parsed.GetValue(channel),
                Slow = parsed.GetValue(slow),
                Each = parsed.GetValue(each),
                Json = parsed.GetValue(json),
                ShowsProgress = StandardStreams.ErrorIsTerminal && !parsed.GetValue(each),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellation));
        return command;
    }

    private static Command Probe()
    {
        var url = new Option<string>("--url")
        {
            Description = "Where the server is, such as http://10.0.0.5:8080",
            HelpName = "URL",
            Required = true,
        };
        var room = Text("--room", "The room's id [default: what the token's file says]", "ID");
        var device = Text("--as", "The device's id [default: what the token's file says]", "ID");
        var tokenFile = Text(
            "--token-file",
            "The device's token, or what POST /noise/rooms/ROOM/devices has answered; readable by you alone "
                + "[default: the variable RONDO_TOKEN]",
            "FILE");
        var microphone = new Option<string>("--device")
        {
            Description = "ALSA's name of the microphone, from 'arecord -l'; plughw:1 also takes one of another format",
            HelpName = "NAME",
            DefaultValueFactory = _ => "default",
        };
        var file = Text("--file", "Play this WAV instead, marked as simulated; - for one on the standard input", "WAV");
        var rate = new Option<int?>("--rate")
        {
            Description = "Samples per second [default: 48000]; with --file -, that the input has no head: "
                + "16 bit, little-endian, one channel",
            HelpName = "N",
        };
        rate.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(int.TryParse(token.Value, out var number) && number is >= 8000 and <= 768_000))
            {
                result.AddError("--rate is 8000 to 768000.");
            }
        });
        var command = new Command(
            "probe",
            "Measure a room with this machine's microphone, and tell a server its levels. No sound is sent or kept.")
        {
            url, room, device, tokenFile, microphone, file, rate,
        }.WithExamples(
            "rondo noise probe --url http://10.0.0.5:8080 --token-file lobby.json --device plughw:1",
            "arecord -f S16_LE -r 48000 -t raw | rondo noise probe --url http://10.0.0.5:8080 "
                + "--token-file lobby.json --file - --rate 48000");
        command.SetAction((parsed, cancellation) => NoiseProbeTool.RunAsync(
            new NoiseProbeQuery(parsed.GetValue(url)!)
            {
                RoomId = parsed.GetValue(room),
                As = parsed.GetValue(device),
                TokenFile = parsed.GetValue(tokenFile),
                Microphone = parsed.GetValue(microphone)!,
                Path = parsed.GetValue(file),
                Input = StandardStreams.InputBytes,
                Rate = parsed.GetValue(rate),
                ShowsLevels = StandardStreams.ErrorIsTerminal,
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellation));
        return command;
    }

    private static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };
}
