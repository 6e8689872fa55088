#:property PublishAot=false
// The least that a .NET program can do: what its start takes is the floor of a worker's.
using Microsoft.Win32.SafeHandles;

using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
output.WriteByte((byte)'\n');
