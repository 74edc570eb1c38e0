using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace SandboxOperator.Agent.Init;

/// <summary>Pipes, sockets and small reads over <see cref="Native"/>, with errors as exceptions.</summary>
internal static unsafe class Descriptors
{
    private const int SetStatusFlags = 4;
    private const int DuplicateForThisProgram = 1030;
    private const int SetPipeSize = 1031;
    private const int SocketLevel = 1;
    private const int SendTimeoutOption = 21;
    private const int PassDescriptors = 1;
    private const int NoSignal = 0x4000;
    private const int DoNotWait = 0x40;
    private const int CloseReceivedOnExec = 0x40000000;
    private const int HeaderBytes = 16;

    /// <summary>Closes it, if it is one.</summary>
    public static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = Native.Close(descriptor);
        }
    }

    /// <summary>Makes reads return at once when there is nothing.</summary>
    public static void SetNonBlocking(int descriptor) =>
        Check(Native.Control(descriptor, SetStatusFlags, Native.NonBlocking), "fcntl");

    /// <summary>Another descriptor of the same stream.</summary>
    public static int Duplicate(int descriptor) =>
        Check(Native.Control(descriptor, DuplicateForThisProgram, 0), "fcntl");

    /// <summary>Both ends of a pipe of about this size; the reading one does not block.</summary>
    public static (int Read, int Write) Pipe(int bytes)
    {
        var ends = stackalloc int[2];
        Check(Native.Pipe(ends, Native.CloseOnExec), "pipe2");
        SetNonBlocking(ends[0]);
        Enlarge(ends[0], bytes);
        return (ends[0], ends[1]);
    }

    /// <summary>Lets a pipe hold about so much. Where the system allows less to this user, it stays as it is.</summary>
    public static void Enlarge(int pipe, int bytes) => _ = Native.Control(pipe, SetPipeSize, bytes);

    /// <summary>Both ends of a local stream connection.</summary>
    public static (int Ours, int Theirs) SocketPair()
    {
        var ends = stackalloc int[2];
        Check(Native.SocketPair(Native.UnixSocket, Native.StreamSocket | Native.CloseOnExec, 0, ends), "socketpair");
        return (ends[0], ends[1]);
    }

    /// <summary>Connects to a local socket; -1 when nobody listens there (yet).</summary>
    public static int ConnectUnix(string path, TimeSpan sendTimeout)
    {
        var name = Encoding.UTF8.GetBytes(path);
        Span<byte> address = stackalloc byte[110];
        address.Clear();
        if (name.Length > 107)
        {
            throw new IOException($"the socket's path is longer than 107 bytes: {path}");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(address, Native.UnixSocket);
        name.CopyTo(address[2..]);
        var socket = Check(Native.Socket(Native.UnixSocket, Native.StreamSocket | Native.CloseOnExec, 0), "socket");
        var timeout = stackalloc long[2] { (long)sendTimeout.TotalSeconds, 0 };
        _ = Native.SetSocketOption(socket, SocketLevel, SendTimeoutOption, timeout, 16);
        fixed (byte* start = address)
        {
            if (Native.Connect(socket, start, (uint)(2 + name.Length + 1)) == 0)
            {
                return socket;
            }
        }

        Close(socket);
        return -1;
    }

    /// <summary>Reads what is there: a count, 0 at the end, -1 when there is nothing now.</summary>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = Native.Read(descriptor, start, buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                switch (Native.LastError)
                {
                    case Native.ErrorInterrupted:
                        continue;
                    case Native.ErrorAgain:
                        return -1;
                    default:
                        return 0; // reset by the other side: as good as closed
                }
            }
        }
    }

    /// <summary>Writes all of it, blocking; false when the other side is gone or does not read in time.</summary>
    public static bool Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint written = 0;
            while (written < bytes.Length)
            {
                var count = Native.Write(descriptor, start + written, bytes.Length - written);
                if (count < 0 && Native.LastError != Native.ErrorInterrupted)
                {
                    return false;
                }

                written += Math.Max(count, 0);
            }

            return true;
        }
    }

    /// <summary>Writes what there is room for, without waiting; -1 when the other side is gone.</summary>
    public static int WriteSome(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint written = 0;
            while (written < bytes.Length)
            {
                var count = Native.Write(descriptor, start + written, bytes.Length - written);
                if (count >= 0)
                {
                    written += count;
                }
                else if (Native.LastError == Native.ErrorAgain)
                {
                    break;
                }
                else if (Native.LastError != Native.ErrorInterrupted)
                {
                    return -1;
                }
            }

            return (int)written;
        }
    }

    /// <summary>
    /// Writes all of it to a descriptor that does not block, waiting each time at most so many milliseconds; false when
    /// the other side is gone or does not read.
    /// </summary>
    public static bool WriteWithin(int descriptor, ReadOnlySpan<byte> bytes, int milliseconds)
    {
        fixed (byte* start = bytes)
        {
            nint written = 0;
            while (written < bytes.Length)
            {
                var count = Native.Write(descriptor, start + written, bytes.Length - written);
                if (count >= 0)
                {
                    written += count;
                    continue;
                }

                var writable = new Native.PollDescriptor { Descriptor = descriptor, Events = Native.PollOut };
                if (Native.LastError != Native.ErrorAgain || Native.Poll(&writable, 1, milliseconds) != 1)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Sends bytes together with descriptors, which the receiver gets copies of.</summary>
    public static bool SendWithDescriptors(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        var controlLength = HeaderBytes + (descriptors.Length * sizeof(int));
        var control = stackalloc long[8];
        control[0] = controlLength;
        ((int*)control)[2] = SocketLevel;
        ((int*)control)[3] = PassDescriptors;
        for (var i = 0; i < descriptors.Length; i++)
        {
            ((int*)control)[4 + i] = descriptors[i];
        }

        fixed (byte* start = bytes)
        {
            var buffer = new Native.Buffer { Start = start, Length = bytes.Length };
            var message = new Native.MessageHeader
            {
                Buffers = &buffer,
                BufferCount = 1,
                Control = control,
                ControlLength = (controlLength + 7) & ~7,
            };
            return Native.SendMessage(socket, &message, NoSignal) == bytes.Length;
        }
    }

    /// <summary>Receives a byte and the descriptors that came with it, if they are there.</summary>
    /// <returns>How many descriptors came.</returns>
    public static int ReceiveDescriptors(int socket, Span<int> descriptors)
    {
        var control = stackalloc long[8];
        byte data;
        var buffer = new Native.Buffer { Start = &data, Length = 1 };
        var message = new Native.MessageHeader
        {
            Buffers = &buffer,
            BufferCount = 1,
            Control = control,
            // What does not fit is closed by the system.
            ControlLength = HeaderBytes + (descriptors.Length * sizeof(int)),
        };
        if (Native.ReceiveMessage(socket, &message, DoNotWait | CloseReceivedOnExec) != 1)
        {
            return 0;
        }

        var isDescriptors =
            message.ControlLength > HeaderBytes
            && ((int*)control)[2] == SocketLevel
            && ((int*)control)[3] == PassDescriptors;
        var count = isDescriptors ? ((int)control[0] - HeaderBytes) / sizeof(int) : 0;
        for (var i = 0; i < count; i++)
        {
            descriptors[i] = ((int*)control)[4 + i];
        }

        return count;
    }

    /// <summary>The start of a small file, as those under <c>/proc</c> are; empty when it cannot be read.</summary>
    public static ReadOnlySpan<byte> ReadFile(string path, Span<byte> buffer)
    {
        var descriptor = Native.Open(path, Native.CloseOnExec);
        if (descriptor < 0)
        {
            return default;
        }

        var count = Read(descriptor, buffer);
        Close(descriptor);
        return count > 0 ? buffer[..count] : default;
    }

    /// <summary>The same of one that stays open.</summary>
    public static ReadOnlySpan<byte> ReadAgain(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var count = Native.ReadAt(descriptor, start, buffer.Length, 0);
            return count > 0 ? buffer[..(int)count] : default;
        }
    }

    /// <summary>Strings as C wants them, with a null at the end. Never freed: used a few times in a life.</summary>
    public static byte** Strings(IReadOnlyList<string> strings)
    {
        var array = (byte**)NativeMemory.Alloc((nuint)((strings.Count + 1) * sizeof(byte*)));
        for (var i = 0; i < strings.Count; i++)
        {
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        array[strings.Count] = null;
        return array;
    }

    /// <summary>Turns a -1 into an exception that names the call.</summary>
    public static int Check(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call}: {Native.LastErrorText}");
}
