using System.Runtime.InteropServices;

namespace SandboxOperator.Agent.Serve.Unix;

/// <summary><c>struct statx</c>, the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStat
{
    /// <summary>Type, mode, inode, size, blocks, changed and modified times.</summary>
    public const uint Mask = 0x7ff;

    private const int TypeMask = 0xf000;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    private readonly ulong _inode;

    [FieldOffset(40)]
    private readonly long _size;

    [FieldOffset(48)]
    private readonly long _blocks;

    [FieldOffset(96)]
    private readonly long _changedSeconds;

    [FieldOffset(104)]
    private readonly uint _changedNanoseconds;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    public bool IsRegularFile => (_mode & TypeMask) == 0x8000;

    public bool IsDirectory => (_mode & TypeMask) == 0x4000;

    public ulong Inode => _inode;

    /// <summary>Length in bytes.</summary>
    public long Size => _size;

    /// <summary>Bytes it takes on the disk.</summary>
    public long Allocated => _blocks * 512;

    public long ModifiedAtMs => (_modifiedSeconds * 1000) + (_modifiedNanoseconds / 1_000_000);

    /// <summary>Differs when the file was written, replaced or renamed in between.</summary>
    public FileVersion Version => new(_inode, _size, (_changedSeconds * 1_000_000_000) + _changedNanoseconds);
}
