using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>The files of the working directory at one moment.</summary>
internal sealed class FileSnapshot(IReadOnlyDictionary<string, SnapshotFile> files)
{
    /// <summary>Most files that are named.</summary>
    public const int MaxNamed = 200;

    private readonly IReadOnlyDictionary<string, SnapshotFile> _files = files;

    /// <summary>What was made or changed since an earlier snapshot; null when nothing was.</summary>
    public CallFiles? ChangesSince(FileSnapshot earlier)
    {
        var changed = _files
            .Where(f => !earlier._files.TryGetValue(f.Key, out var before) || before.Version != f.Value.Version)
            .OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => new FileEntry(f.Key, f.Value.Version.Size, f.Value.ModifiedAtMs))
            .ToList();
        return changed.Count == 0
            ? null
            : new CallFiles { Files = [.. changed.Take(MaxNamed)], Omitted = Math.Max(0, changed.Count - MaxNamed) };
    }
}
