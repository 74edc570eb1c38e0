using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>The files of a thread's sandbox.</summary>
internal static class ThreadFiles
{
    /// <summary>
    /// All files with their paths. Those in the volume keep theirs; linked files come back where the answers named
    /// them, the newest of a path; attached ones get the path they had, if it is free, or what is left.
    /// </summary>
    /// <param name="attached">Attached files, the assistant's first.</param>
    /// <param name="linked">Files that earlier answers linked, oldest first, with their paths.</param>
    /// <param name="inVolume">The paths of the files that are in the session's volume already, by id.</param>
    /// <param name="earlier">The paths that files had in the session before, by id.</param>
    public static IReadOnlyList<PlacedFile> Plan(
        IReadOnlyList<FileEntity> attached,
        IReadOnlyList<PlacedFile> linked,
        IReadOnlyDictionary<string, string> inVolume,
        IReadOnlyDictionary<string, string> earlier
    )
    {
        var paths = new Dictionary<string, string>(inVolume, StringComparer.Ordinal);
        var taken = new HashSet<string>(inVolume.Values, StringComparer.Ordinal);
        var files = attached
            .Concat(linked.Select(file => file.File))
            .DistinctBy(file => file.Id, StringComparer.Ordinal)
            .ToList();

        foreach (var file in linked.Reverse().Where(file => !paths.ContainsKey(file.File.Id)))
        {
            if (taken.Add(file.Path))
            {
                paths[file.File.Id] = file.Path;
            }
        }

        foreach (var file in attached.Where(file => !paths.ContainsKey(file.Id)))
        {
            if (earlier.TryGetValue(file.Id, out var path) && taken.Add(path))
            {
                paths[file.Id] = path;
            }
        }

        var rest = attached.Where(file => !paths.ContainsKey(file.Id)).Select(file => (file.Id, file.Filename));
        foreach (var (id, path) in SandboxFileNames.Assign(rest, taken))
        {
            paths[id] = path;
        }

        return
        [
            .. files.Where(file => paths.ContainsKey(file.Id)).Select(file => new PlacedFile(file, paths[file.Id])),
        ];
    }
}
