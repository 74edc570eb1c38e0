using SandboxOperator.Agent.Serve.Http;
using SandboxOperator.Agent.Serve.Unix;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>
/// The sandbox's working directory as seen from outside, where hostile code is at work at the same time: regular
/// files only, reached part by part from an open directory, so that no link is ever followed.
/// </summary>
internal sealed class WorkingDirectory : IDisposable
{
    /// <summary>Most entries a walk visits.</summary>
    public const int MaxEntries = 10_000;

    private readonly DirectoryHandle _root;
    private readonly List<DirectoryHandle> _scratch;
    private readonly DiskQuota _quota;

    /// <exception cref="UnixException">One of the directories cannot be opened.</exception>
    public WorkingDirectory(string path, IEnumerable<string> scratch, long? maxBytes, long? maxFiles)
    {
        _root = DirectoryHandle.OpenTrusted(path);
        _scratch = [.. scratch.Select(DirectoryHandle.OpenTrusted)];
        _quota = new([_root, .. _scratch], maxBytes, maxFiles);
        Upload.RemoveLeftovers(_root);
    }

    /// <summary>Opens a file; null when the path does not lead to a regular file that may be read.</summary>
    public OpenFile? Open(FilePath path)
    {
        using var parent = Parent(_root, path, (directory, part) => directory.OpenDirectory(part));
        return parent?.OpenFile(path.Parts[^1], out var stat) is { } handle ? new OpenFile(handle, stat.Size) : null;
    }

    /// <summary>Starts writing a file; nothing is seen of it before it is complete.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="length">How long it will be, or null.</param>
    /// <param name="alias">A link to it in the working directory, or null.</param>
    /// <exception cref="RequestException">507: it does not fit.</exception>
    public Upload Create(FilePath path, long? length, FilePath? alias) =>
        new(_root, _quota.Reserve(length ?? 0, alias is null ? 1 : 2), path, length, alias);

    /// <summary>Deletes a file, or a link itself.</summary>
    /// <returns>False when there is none.</returns>
    public bool Delete(FilePath path)
    {
        using var parent = Parent(_root, path, (directory, part) => directory.OpenDirectory(part));
        return parent?.Unlink(path.Parts[^1]) ?? false;
    }

    /// <summary>The regular files, ordered by path.</summary>
    public FileList List()
    {
        var files = new List<FileEntry>();
        var complete = TreeWalk.Visit(
            _root,
            MaxEntries,
            (path, stat) =>
            {
                if (path is not null && stat.IsRegularFile)
                {
                    files.Add(new FileEntry(path, stat.Size, stat.ModifiedAtMs));
                }
            }
        );
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new FileList(files, !complete);
    }

    /// <summary>The files as they are now, to be compared later.</summary>
    public FileSnapshot Snapshot()
    {
        var files = new Dictionary<string, SnapshotFile>(StringComparer.Ordinal);
        TreeWalk.Visit(
            _root,
            MaxEntries,
            (path, stat) =>
            {
                if (path is not null && stat.IsRegularFile)
                {
                    files[path] = new SnapshotFile(stat.Version, stat.ModifiedAtMs);
                }
            }
        );
        return new FileSnapshot(files);
    }

    /// <summary>Opens the directory that a path's last part is in; null when there is none.</summary>
    internal static DirectoryHandle? Parent(
        DirectoryHandle root,
        FilePath path,
        Func<DirectoryHandle, byte[], DirectoryHandle?> open
    )
    {
        var current = root.Reopen();
        foreach (var part in path.Parts.SkipLast(1))
        {
            if (current is null)
            {
                return null;
            }

            using var outer = current;
            current = open(outer, part);
        }

        return current;
    }

    public void Dispose()
    {
        _root.Dispose();
        _scratch.ForEach(s => s.Dispose());
    }
}
