using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>Visits what is beneath a directory: bounded in number and depth, following no links.</summary>
internal static class TreeWalk
{
    /// <summary>
    /// Calls <paramref name="visit"/> for every entry, with the path if a request could name it, else null.
    /// </summary>
    /// <returns>False when there are more entries than <paramref name="maxEntries"/>, or deeper ones than paths go.</returns>
    public static bool Visit(DirectoryHandle root, long maxEntries, Action<string?, FileStat> visit)
    {
        var left = maxEntries;
        using var reading = root.Reopen();
        return reading is not null && Visit(reading, "", 1, ref left, visit);
    }

    private static bool Visit(
        DirectoryHandle directory,
        string? prefix,
        int depth,
        ref long left,
        Action<string?, FileStat> visit
    )
    {
        var complete = true;
        foreach (var name in directory.Entries())
        {
            if (left-- <= 0)
            {
                return false;
            }

            if (directory.Stat(name) is not { } stat)
            {
                continue;
            }

            var text = prefix is null ? null : FilePath.FromDirectory(name.AsSpan(0, name.Length - 1));
            var path = text is null ? null : prefix + text;
            visit(path, stat);
            if (!stat.IsDirectory)
            {
                continue;
            }

            if (depth == FilePath.MaxParts)
            {
                complete = false;
                continue;
            }

            using var inner = directory.OpenDirectory(name);
            complete &= inner is null || Visit(inner, path is null ? null : path + "/", depth + 1, ref left, visit);
        }

        return complete;
    }
}
