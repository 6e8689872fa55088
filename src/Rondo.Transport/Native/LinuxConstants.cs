namespace Rondo.Transport.Native;

/// <summary>Numbers of the Linux interface, the same on x64 and arm64.</summary>
internal static class LinuxConstants
{
    public const int FamilyUnix = 1;
    public const int FamilyInternet = 2;
    public const int FamilyInternet6 = 10;
    public const int SockStream = 1;
    public const int SockNonBlock = 0x800;
    public const int SockCloseOnExec = 0x80000;

    public const int ResourceDescriptors = 7;

    public const int GetFlags = 3;
    public const int SetFlags = 4;

    public const int SolSocket = 1;
    public const int SoReuseAddress = 2;
    public const int SoError = 4;
    public const int SoLinger = 13;
    public const int SoReusePort = 15;
    public const int ProtocolTcp = 6;
    public const int TcpNoDelay = 1;
    public const int ProtocolInternet6 = 41;
    public const int OnlyInternet6 = 26;

    public const int MsgPeek = 2;
    public const int MsgNoSignal = 0x4000;
    public const int ShutdownWrite = 1;
    public const int ShutdownBoth = 2;

    public const int EpollCloseOnExec = 0x80000;
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const uint EpollIn = 0x1;
    public const uint EpollOut = 0x4;
    public const uint EpollError = 0x8;
    public const uint EpollHangUp = 0x10;
    public const uint EpollReadHangUp = 0x2000;
    public const uint EpollExclusive = 1u << 28;
    public const uint EpollEdge = 1u << 31;
}
