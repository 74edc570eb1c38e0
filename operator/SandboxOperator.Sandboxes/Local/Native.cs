using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>System calls that .NET does not offer. The numbers are the same on every 64-bit Linux.</summary>
internal static partial class Native
{
    private const int PidfdSendSignal = 424;
    private const int PidfdOpen = 434;
    private const short PollIn = 1;

    /// <summary>A descriptor that means this process whatever its id is used for later; null when there is none.</summary>
    public static int? OpenProcess(int pid)
    {
        var descriptor = (int)SystemCall(PidfdOpen, pid, 0, 0, 0);
        return descriptor >= 0 ? descriptor : null;
    }

    /// <summary>Sends a signal; false when the process has ended.</summary>
    public static bool Signal(int descriptor, int signal) => SystemCall(PidfdSendSignal, descriptor, signal, 0, 0) == 0;

    /// <summary>Whether the process of a descriptor has ended.</summary>
    public static bool HasEnded(int descriptor)
    {
        var poll = new PollDescriptor { Descriptor = descriptor, Events = PollIn };
        return Poll(ref poll, 1, 0) == 1;
    }

    /// <summary>Gives a file to a user and the group of the same number; does nothing when there is no such user.</summary>
    public static void Own(string path, uint? uid)
    {
        if (uid is { } owner && ChangeOwner(path, owner, owner) != 0)
        {
            throw new IOException($"{path} cannot be given to user {owner}.", new Win32Exception());
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second, long third, long fourth);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, ulong count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
