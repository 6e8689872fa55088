using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Rondo.Runtime.Executors;

/// <summary>
/// The worker's side: serves one program over a socket, a call after the other on the main thread, and ends with it. A
/// second socket, the lifeline, asks it to end if it runs a certain call; when it ends, so does the process, whatever
/// the main thread is at.
/// </summary>
internal static class WorkerHost
{
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<int, WorkerMethod> s_methods = [];
    private static readonly ManualResetEventSlim s_hasLifeline = new();
    private static readonly ManualResetEventSlim s_exiting = new();
    private static volatile bool s_isBusy;

    // The number of the call that runs, 0 between calls; and of the one that is to be stopped. Each side writes one and
    // then looks at the other, so that one of them sees both.
    private static int s_running;
    private static int s_stopAt;

    /// <summary>Returns at once in a process that is no worker; in one that is, never.</summary>
    public static void RunIfAsked()
    {
        if (WorkerInvitation.Read() is not { } invitation)
        {
            return;
        }

        new Thread(() => HoldLifeline(invitation)) { IsBackground = true, Name = "Rondo lifeline" }.UnsafeStart();

        // Meanwhile its thread makes the first socket, for which the platform takes as long as compiling this does.
        WorkerInvitation.Forget();
        IgnoreInterrupts();
        WarmUp();
        s_hasLifeline.Wait();
        using (var socket = new FrameSocket(FrameSocket.Widen(Connect(invitation))))
        {
            Serve(socket);
        }

        Environment.Exit(0);
    }

    /// <summary>
    /// Ctrl-C in a terminal and a stop of the service reach every process at once: the worker lives as long as its
    /// program, which may want to finish its calls.
    /// </summary>
    private static void IgnoreInterrupts()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            // Never disposed: the registration lasts as long as the process.
            _ = PosixSignalRegistration.Create(signal, static context => context.Cancel = true);
        }
    }

    private static Socket Connect(WorkerInvitation invitation)
    {
        try
        {
            return Introduce(invitation);
        }
        catch (SocketException)
        {
            // The program has ended meanwhile: there is nobody to tell.
            Environment.Exit(1);
            throw;
        }
    }

    private static Socket Introduce(WorkerInvitation invitation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(invitation.Path));
        var (library, program) = WorkerInvitation.Build;
        using var hello = new FrameWriter();
        hello.WriteBytes(invitation.Secret);
        hello.Write(library);
        hello.Write(program);
        socket.Send(hello.Frame);
        return socket;
    }

    private static void HoldLifeline(WorkerInvitation invitation)
    {
        using var lifeline = Connect(invitation);
        s_hasLifeline.Set();
        Watch(lifeline);
    }

    private static void Watch(Socket lifeline)
    {
        var number = new byte[sizeof(int)];
        try
        {
            while (lifeline.Receive(number) == number.Length)
            {
                Stop(BinaryPrimitives.ReadInt32LittleEndian(number));
            }
        }
        catch (SocketException)
        {
            // An end, too.
        }

        // What is idle sees the end of its own socket and leaves in good order.
        if (s_isBusy || !s_exiting.Wait(ExitLimit))
        {
            Process.GetCurrentProcess().Kill();
        }

        s_exiting.Reset();
        s_exiting.Wait(ExitLimit);
        Process.GetCurrentProcess().Kill();
    }

    /// <summary>
    /// Ends the process if the call of this number runs or is yet to begin. If it has ended, its answer is on its way,
    /// and the next call must not suffer.
    /// </summary>
    private static void Stop(int number)
    {
        Interlocked.Exchange(ref s_stopAt, number);
        if (Interlocked.CompareExchange(ref s_running, -number, number) == number)
        {
            Process.GetCurrentProcess().Kill();
        }
    }

    private static void Serve(FrameSocket socket)
    {
        using var answer = new FrameWriter();
        var number = 0;
        while (socket.TryReceive(out var frame))
        {
            var reader = new FrameReader(frame);
            if (reader.ReadByte() == (byte)WorkerMessage.Define)
            {
                Learn(ref reader);
                continue;
            }

            s_isBusy = true;
            Interlocked.Exchange(ref s_running, ++number);
            if (Volatile.Read(ref s_stopAt) == number)
            {
                Process.GetCurrentProcess().Kill();
            }

            Answer(ref reader, answer);
            if (Interlocked.CompareExchange(ref s_running, 0, number) != number)
            {
                // It was stopped: nothing more comes from this process, which the other thread ends.
                Process.GetCurrentProcess().Kill();
            }

            var isSent = socket.TrySend(answer.Frame);
            s_isBusy = false;
            answer.Clear();
            if (!isSent)
            {
                break;
            }
        }

        s_exiting.Set();
    }

    private static void Learn(ref FrameReader reader)
    {
        var id = reader.ReadInt32();
        try
        {
            s_methods[id] = WorkerMethod.Read(ref reader);
        }
        catch (NotShippableException error)
        {
            s_methods[id] = new MissingMethod(error);
        }
    }

    private static void Answer(ref FrameReader reader, FrameWriter answer)
    {
        try
        {
            var id = reader.ReadInt32();
            s_methods[id].Call(ref reader, answer);
        }
        catch (OperationCanceledException)
        {
            answer.Clear();
            answer.WriteByte((byte)WorkerMessage.Cancelled);
        }
        catch (NotShippableException error)
        {
            answer.Clear();
            answer.WriteByte((byte)WorkerMessage.NotShippable);
            answer.WriteString(error.Message);
        }
        catch (Exception error)
        {
            answer.Clear();
            answer.WriteByte((byte)WorkerMessage.Error);
            RemoteException.Write(answer, error);
        }
    }

    /// <summary>Has the commonest path compiled before the first call asks for it.</summary>
    private static void WarmUp()
    {
        Func<int, int> work = static number => number;
        using var call = new FrameWriter();
        using var result = new FrameWriter();
        new MethodDefinition(work.Method, work.GetType()).Write(call);
        call.WriteInt32(0);
        var reader = new FrameReader(call.Frame[FrameWriter.HeaderBytes..]);
        WorkerMethod.Read(ref reader).Call(ref reader, result);
    }

    private sealed class MissingMethod(NotShippableException error) : WorkerMethod
    {
        public override void Call(ref FrameReader arguments, FrameWriter result) =>
            throw new NotShippableException(error.Message);
    }
}
