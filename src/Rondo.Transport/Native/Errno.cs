namespace Rondo.Transport.Native;

/// <summary>The errors that code here tells apart.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int TooManyInSystem = 23;
    public const int TooManyInProcess = 24;
    public const int BrokenPipe = 32;
    public const int NotImplemented = 38;
    public const int ProtocolError = 71;
    public const int NoSuchOption = 92;
    public const int NoBuffers = 105;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;
    public const int Canceled = 125;
}
