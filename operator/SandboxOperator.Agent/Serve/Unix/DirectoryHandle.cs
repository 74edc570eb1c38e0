using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SandboxOperator.Agent.Serve.Unix;

/// <summary>
/// An open directory. Every operation names an entry of this directory, never a path, and follows no link: whatever
/// hostile code renames meanwhile, the operation stays in this directory.
/// </summary>
internal sealed class DirectoryHandle : IDisposable
{
    private const int EntryHeaderBytes = 19;
    private static readonly byte[] s_empty = [0];

    private readonly SafeFileHandle _handle;

    private DirectoryHandle(SafeFileHandle handle) => _handle = handle;

    private static int DirectoryFlags => LibC.ReadOnly | LibC.Directory | LibC.NoFollow | LibC.CloseOnExec;

    /// <summary>Opens a directory that is trusted by its path, links on the way included.</summary>
    /// <exception cref="UnixException">It is not there, or not a directory.</exception>
    public static DirectoryHandle OpenTrusted(string path)
    {
        var handle = LibC.Open(Name(path), LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        return handle.IsInvalid ? throw UnixException.Last($"cannot open directory {path}") : new(handle);
    }

    /// <summary>A name as the system calls want it.</summary>
    public static byte[] Name(string name)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    /// <summary>This directory once more, to be read from its start; null when its mode forbids that.</summary>
    public DirectoryHandle? Reopen() => OpenDirectory(Name("."));

    /// <summary>Opens a directory in this one, or returns null when there is none of that name that may be read.</summary>
    public DirectoryHandle? OpenDirectory(byte[] name)
    {
        var handle = LibC.OpenAt(_handle, name, DirectoryFlags, 0);
        if (!handle.IsInvalid)
        {
            return new(handle);
        }

        return IsNotThere(Marshal.GetLastPInvokeError()) ? null : throw UnixException.Last("cannot open a directory");
    }

    /// <summary>Opens a regular file for reading, or returns null when there is none of that name that may be read.</summary>
    public SafeFileHandle? OpenFile(byte[] name, out FileStat stat)
    {
        // Non-blocking, because opening a FIFO would wait for its writer.
        const int Flags = LibC.ReadOnly | LibC.NonBlocking | LibC.CloseOnExec;
        stat = default;
        var handle = LibC.OpenAt(_handle, name, Flags | LibC.NoFollow, 0);
        if (handle.IsInvalid)
        {
            return IsNotThere(Marshal.GetLastPInvokeError()) ? null : throw UnixException.Last("cannot open a file");
        }

        if (LibC.StatX(handle, s_empty, LibC.AtEmptyPath, FileStat.Mask, out stat) == 0 && stat.IsRegularFile)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Creates a file that must not be there.</summary>
    public SafeFileHandle CreateFile(byte[] name, uint mode)
    {
        var flags = LibC.WriteOnly | LibC.Create | LibC.Exclusive | LibC.NoFollow | LibC.CloseOnExec;
        var handle = LibC.OpenAt(_handle, name, flags, mode);
        if (handle.IsInvalid)
        {
            throw UnixException.Last("cannot create a file");
        }

        // The mode is meant as it is, whatever the process's mask.
        _ = LibC.ChangeMode(handle, mode);
        return handle;
    }

    /// <summary>What stands under a name, links not followed; null when nothing does.</summary>
    public FileStat? Stat(byte[] name) =>
        LibC.StatX(_handle, name, LibC.AtSymlinkNoFollow, FileStat.Mask, out var stat) == 0 ? stat : null;

    /// <summary>Opens a directory in this one, and makes it when nothing is there.</summary>
    /// <returns>Null when something else has that name.</returns>
    public DirectoryHandle? OpenOrMakeDirectory(byte[] name, uint mode)
    {
        if (LibC.MakeDirectoryAt(_handle, name, mode) == 0)
        {
            ChangeMode(name, mode);
        }
        else if (Marshal.GetLastPInvokeError() != LibC.Exists)
        {
            throw UnixException.Last("cannot make a directory");
        }

        return OpenDirectory(name);
    }

    /// <summary>Moves an entry, replacing what has the new name unless that is a directory.</summary>
    public void Rename(byte[] name, DirectoryHandle to, byte[] newName)
    {
        if (LibC.RenameAt(_handle, name, to._handle, newName) != 0)
        {
            throw UnixException.Last("cannot rename");
        }
    }

    /// <summary>Makes a symbolic link, which must not be there.</summary>
    public void Link(byte[] name, byte[] target)
    {
        if (LibC.SymlinkAt(target, _handle, name) != 0)
        {
            throw UnixException.Last("cannot make a link");
        }
    }

    /// <summary>Removes an entry that is not a directory; a link itself, not what it leads to.</summary>
    /// <returns>False when there is none, or a directory.</returns>
    public bool Unlink(byte[] name)
    {
        if (LibC.UnlinkAt(_handle, name, 0) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is LibC.NoEntry or LibC.IsDirectory or LibC.NotDirectory
            ? false
            : throw UnixException.Last("cannot delete");
    }

    /// <summary>Removes an empty directory.</summary>
    public void RemoveDirectory(byte[] name)
    {
        if (LibC.UnlinkAt(_handle, name, LibC.AtRemoveDir) != 0)
        {
            throw UnixException.Last("cannot delete a directory");
        }
    }

    /// <summary>Changes the mode of an entry unless it is a link; what fails is seen by what needs the mode.</summary>
    public void ChangeMode(byte[] name, uint mode) =>
        _ = LibC.ChangeModeAt(_handle, name, mode, LibC.AtSymlinkNoFollow);

    /// <summary>The names in this directory, each ending with a zero, in no order. Once only: see Reopen.</summary>
    public IEnumerable<byte[]> Entries()
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var count = (int)LibC.GetDirectoryEntries(_handle, buffer, (nuint)buffer.Length);
            if (count < 0)
            {
                throw UnixException.Last("cannot read a directory");
            }

            if (count == 0)
            {
                yield break;
            }

            for (var at = 0; at < count; )
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + 16));
                var name = buffer.AsSpan(at + EntryHeaderBytes, length - EntryHeaderBytes);
                name = name[..(name.IndexOf((byte)0) + 1)];
                at += length;
                if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
                {
                    yield return name.ToArray();
                }
            }
        }
    }

    public void Dispose() => _handle.Dispose();

    private static bool IsNotThere(int error) =>
        error is LibC.NoEntry or LibC.NotDirectory or LibC.TooManyLinks or LibC.NoDeviceOrAddress or LibC.AccessDenied;
}
