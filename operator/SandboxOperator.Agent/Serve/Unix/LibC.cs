using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SandboxOperator.Agent.Serve.Unix;

/// <summary>The C library's calls relative to an open directory, which .NET does not offer.</summary>
/// <remarks>Names are UTF-8 (or whatever bytes the directory holds), ending with a zero.</remarks>
internal static partial class LibC
{
    public const int AtSymlinkNoFollow = 0x100;
    public const int AtRemoveDir = 0x200;
    public const int AtEmptyPath = 0x1000;

    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int NoEntry = 2;
    public const int NoDeviceOrAddress = 6;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int NotEmpty = 39;
    public const int TooManyLinks = 40;
    public const int QuotaExceeded = 122;

    private static readonly bool s_arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>O_DIRECTORY, one of the two flags that differ between the architectures.</summary>
    public static int Directory => s_arm ? 0x4000 : 0x10000;

    /// <summary>O_NOFOLLOW.</summary>
    public static int NoFollow => s_arm ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial SafeFileHandle OpenAt(SafeFileHandle directory, byte[] name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int StatX(SafeFileHandle directory, byte[] name, int flags, uint mask, out FileStat stat);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetDirectoryEntries(SafeFileHandle directory, byte[] buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeDirectoryAt(SafeFileHandle directory, byte[] name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(SafeFileHandle directory, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    public static partial int RenameAt(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int SymlinkAt(byte[] target, SafeFileHandle directory, byte[] name);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int ChangeModeAt(SafeFileHandle directory, byte[] name, uint mode, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    public static partial SafeFileHandle Open(byte[] path, int flags, uint mode);
}
