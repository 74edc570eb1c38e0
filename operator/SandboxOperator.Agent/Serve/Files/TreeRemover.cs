using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>
/// Empties a directory whatever hostile code left there: no link is followed, and a tree of any depth takes three
/// open files, because inner directories are first moved up.
/// </summary>
internal static class TreeRemover
{
    private const uint OwnerOnly = 0x1c0; // rwx------

    /// <summary>Deletes everything in the directory but not the directory itself. Nobody else may write to it.</summary>
    /// <exception cref="UnixException">Something could not be deleted.</exception>
    public static void Empty(string path)
    {
        using var root = DirectoryHandle.OpenTrusted(path);
        while (true)
        {
            using var reading = root.Reopen() ?? throw new UnixException($"cannot read {path}", LibC.AccessDenied);
            var names = reading.Entries().ToList();
            if (names.Count == 0)
            {
                return;
            }

            names.ForEach(name => Remove(root, name));
        }
    }

    private static void Remove(DirectoryHandle root, byte[] name)
    {
        if (root.Unlink(name) || root.Stat(name) is not { IsDirectory: true })
        {
            return;
        }

        root.ChangeMode(name, OwnerOnly);
        using (var directory = root.OpenDirectory(name))
        {
            foreach (var inner in directory?.Entries().ToList() ?? [])
            {
                if (!directory!.Unlink(inner))
                {
                    directory.ChangeMode(inner, OwnerOnly);
                    directory.Rename(inner, root, DirectoryHandle.Name(Guid.NewGuid().ToString()));
                }
            }
        }

        root.RemoveDirectory(name);
    }
}
