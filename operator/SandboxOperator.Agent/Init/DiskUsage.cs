using System.Globalization;
using System.Runtime.InteropServices;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// Adds up what lies in the sandbox's writable folders: blocks rather than lengths, hard links once, no link followed,
/// and files that are deleted but still open in some process.
/// </summary>
internal sealed unsafe class DiskUsage(IReadOnlyList<string> roots)
{
    /// <summary>How deep folders may be nested below a root.</summary>
    public const int MaxDepth = 100;

    private const int DoNotFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;
    private const int NameOffset = 19;
    private static readonly int OpenDirectoryFlags =
        DirectoryFlag + NoFollowFlag + Native.CloseOnExec + Native.NonBlocking;

    private readonly HashSet<(ulong Device, ulong Inode)> _seen = [];
    private readonly List<int> _pids = [];
    private long _bytes;
    private long _files;

    // These two differ between the instruction sets.
    private static int DirectoryFlag => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    private static int NoFollowFlag => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Measures now. Folders nested deeper than is looked at count as more files than any limit.</summary>
    public (long Bytes, long Files) Measure(int zygote)
    {
        _seen.Clear();
        _bytes = 0;
        _files = 0;
        var devices = new HashSet<ulong>();
        foreach (var root in roots)
        {
            var descriptor = Native.Open(root, OpenDirectoryFlags);
            if (descriptor >= 0)
            {
                if (Read(descriptor, null, EmptyPath) is { } status)
                {
                    devices.Add(status.Device);
                }

                Walk(descriptor, depth: 0);
            }
        }

        AddDeleted(zygote, devices);
        return (_bytes, _files);
    }

    /// <summary>Free bytes and file entries of the file systems underneath: cheap to ask, and they fall before the sum rises.</summary>
    public (long Bytes, long Files) Free()
    {
        var status = stackalloc ulong[32];
        long bytes = 0;
        long files = 0;
        foreach (var root in roots)
        {
            if (Native.FileSystemStatus(root, status) == 0)
            {
                bytes += (long)(status[1] * status[3]);
                files += (long)status[6];
            }
        }

        return (bytes, files);
    }

    private void Walk(int descriptor, int depth)
    {
        var directory = Native.OpenDirectory(descriptor);
        if (directory == 0)
        {
            Descriptors.Close(descriptor);
            return;
        }

        while (Native.ReadDirectory(directory) is var entry && entry != null)
        {
            var name = entry + NameOffset;
            var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
            if (text.SequenceEqual("."u8) || text.SequenceEqual(".."u8))
            {
                continue;
            }

            if (Read(descriptor, name, DoNotFollow) is not { } status || !Count(status) || !status.IsDirectory)
            {
                continue;
            }

            if (depth == MaxDepth)
            {
                _files = long.MaxValue / 2;
            }
            else if (Native.OpenAt(descriptor, name, OpenDirectoryFlags) is var child and >= 0)
            {
                Walk(child, depth + 1);
            }
        }

        _ = Native.CloseDirectory(directory);
    }

    private void AddDeleted(int zygote, HashSet<ulong> devices)
    {
        ProcessTable.List(_pids);
        foreach (var pid in _pids)
        {
            if (pid == 1 || pid == zygote)
            {
                continue;
            }

            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd");
            var descriptor = Native.Open(path, DirectoryFlag + Native.CloseOnExec);
            var directory = descriptor < 0 ? 0 : Native.OpenDirectory(descriptor);
            if (directory == 0)
            {
                Descriptors.Close(descriptor);
                continue;
            }

            while (Native.ReadDirectory(directory) is var entry && entry != null)
            {
                // Through the link to the open file itself; only what no folder shows any more is added.
                if (
                    Read(descriptor, entry + NameOffset, 0) is { IsRegular: true, Links: 0 } status
                    && devices.Contains(status.Device)
                )
                {
                    Count(status);
                }
            }

            _ = Native.CloseDirectory(directory);
        }
    }

    private bool Count(Entry status)
    {
        if (status.Links > 1 && !status.IsDirectory && !_seen.Add((status.Device, status.Inode)))
        {
            return false;
        }

        if (status.Links == 0 && !_seen.Add((status.Device, status.Inode)))
        {
            return false;
        }

        _bytes += status.Bytes;
        _files++;
        return true;
    }

    private static Entry? Read(int directory, byte* name, int flags)
    {
        // struct statx: links and mode at 16 and 28, inode at 32, blocks at 48, device at 136.
        var status = stackalloc ulong[32];
        byte empty = 0;
        if (Native.Status(directory, name == null ? &empty : name, flags, BasicStatus, status) != 0)
        {
            return null;
        }

        var words = (uint*)status;
        return new Entry(
            Device: status[17],
            Inode: status[4],
            Links: words[4],
            Kind: (ushort)(*(ushort*)((byte*)status + 28) & 0xF000),
            Bytes: (long)status[6] * 512
        );
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(ulong Device, ulong Inode, uint Links, ushort Kind, long Bytes)
    {
        public bool IsDirectory => Kind == 0x4000;

        public bool IsRegular => Kind == 0x8000;
    }
}
