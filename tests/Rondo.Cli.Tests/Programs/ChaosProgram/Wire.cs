using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ChaosProgram;

/// <summary>
/// A wire to a network namespace in which relays listen. Pulled, it loses every packet: nothing is acknowledged, and
/// nobody is told, as when a cable or a switch fails. It takes Linux, root and iproute2.
/// </summary>
internal sealed class Wire : IDisposable
{
    private const int NetworkNamespace = 0x40000000;
    private const string FarName = "far";
    private const string FarHardware = "02:00:00:00:00:02";

    // Of 198.18.0.0/15, which is for measurements within a network (RFC 2544), each wire has four addresses.
    private const int First = (198 << 24) | (18 << 16);
    private const int Blocks = 1 << 15;
    private const int AddressesInBlock = 4;

    private readonly Process _holder;
    private readonly string _inNamespace;

    private Wire(Process holder)
    {
        _holder = holder;
        _inNamespace = $"nsenter -t {holder.Id} -n ip";
        Far = Address(2);
    }

    /// <summary>Why there is none; null when there is, or nobody has asked.</summary>
    public static string? Refusal { get; private set; }

    /// <summary>Where relays listen.</summary>
    public IPAddress Far { get; }

    public static Wire? TryLay()
    {
        Wire? wire = null;
        try
        {
            // It ends with its input, which is at the latest when this process does, and all of the wire with it.
            wire = new Wire(Process.Start(new ProcessStartInfo("unshare", ["-n", "sh", "-c", "echo; exec cat"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!);
            wire.Lay();
            return wire;
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            Refusal = error.Message;
            wire?.Dispose();
            return null;
        }
    }

    /// <summary>A listener at the far end, which is to be started.</summary>
    public TcpListener ListenerAt(int port)
    {
        TcpListener? listener = null;
        Exception? failure = null;

        // A socket belongs to the namespace of the thread that makes it, and this thread does nothing else.
        var thread = new Thread(() =>
        {
            try
            {
                using var there = File.OpenHandle($"/proc/{_holder.Id}/ns/net");
                if (SetNamespace((int)there.DangerousGetHandle(), NetworkNamespace) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
                }

                listener = new TcpListener(Far, port);
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? listener! : throw new IOException($"Nobody can listen at {Far}: {failure.Message}", failure);
    }

    public void Pull() => Run($"{_inNamespace} link set {FarName} down");

    public void Plug() => Run($"{_inNamespace} link set {FarName} up");

    public void Dispose()
    {
        _holder.StandardInput.Close();
        _holder.WaitForExit();
        _holder.Dispose();
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int descriptor, int kind);

    private void Lay()
    {
        if (_holder.StandardOutput.ReadLine() is null)
        {
            throw new IOException(_holder.StandardError.ReadToEnd().Trim());
        }

        var near = $"rondo{_holder.Id}";
        Run($"ip link add {near} type veth peer name {FarName} address {FarHardware} netns {_holder.Id}");
        Run($"ip address add {Address(1)}/30 dev {near}");
        Run($"ip link set {near} up");

        // Known for good: who had to ask for it would be told that nobody is there.
        Run($"ip neighbour add {Far} lladdr {FarHardware} dev {near} nud permanent");
        Run($"{_inNamespace} address add {Far}/30 dev {FarName}");

        // So that relays may begin to listen while it is pulled.
        Run($"{_inNamespace} address add {Far}/32 dev lo");
        Run($"{_inNamespace} link set lo up");
        Plug();
    }

    private IPAddress Address(int number)
    {
        var address = First + (_holder.Id % Blocks * AddressesInBlock) + number;
        return new IPAddress(BitConverter.GetBytes(IPAddress.HostToNetworkOrder(address)));
    }

    private static void Run(string line)
    {
        var words = line.Split(' ');
        using var process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{line}: {error.Trim()}");
        }
    }
}
