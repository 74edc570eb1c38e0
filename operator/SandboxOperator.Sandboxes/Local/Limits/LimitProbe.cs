using SandboxOperator.Sandboxes.Local.Launching;

namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>Finds out which limits a machine offers by using them on an empty group.</summary>
internal static class LimitProbe
{
    private static readonly Dictionary<LimitedResource, string> Controllers = new()
    {
        [LimitedResource.Memory] = "memory",
        [LimitedResource.Processes] = "pids",
        [LimitedResource.Cpu] = "cpu",
    };

    private static readonly LimitValues Trial = new(1L << 30, 100, 1);

    /// <param name="name">Names the folder of all groups of this installation.</param>
    /// <param name="time">For the deadline of what is tried.</param>
    public static async Task<LimitFacts> RunAsync(string name, TimeProvider time)
    {
        var mounts = ParseMounts(await File.ReadAllTextAsync("/proc/self/mounts"));
        var (unifiedParent, unified) = Unified(mounts, name);
        var legacy = Legacy(mounts, name, unified);
        var rest = Controllers.Count - unified.Count - legacy.Count;
        return new LimitFacts(unifiedParent, unified, legacy, rest > 0 && await HasSystemdAsync(time));
    }

    /// <summary>Where control groups are mounted: type, then the controllers that v1 mounts name.</summary>
    internal static IReadOnlyList<GroupMount> ParseMounts(string mounts) =>
        [
            .. mounts
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .Where(fields => fields.Length >= 4 && fields[2] is "cgroup" or "cgroup2")
                .Select(fields => new GroupMount(fields[1], fields[2] is "cgroup2", fields[3].Split(','))),
        ];

    private static (string? Parent, IReadOnlyList<LimitedResource> Resources) Unified(
        IReadOnlyList<GroupMount> mounts,
        string name
    )
    {
        if (mounts.FirstOrDefault(mount => mount.Unified) is not { } root)
        {
            return (null, []);
        }

        // Controllers must be handed down on the way, one at a time: where one is missing the others still help.
        var parent = $"{root.Path}/{name}";
        var usable = Controllers
            .Where(controller =>
                Try(() =>
                {
                    Directory.CreateDirectory(parent);
                    File.WriteAllText($"{root.Path}/cgroup.subtree_control", $"+{controller.Value}");
                    File.WriteAllText($"{parent}/cgroup.subtree_control", $"+{controller.Value}");
                    TryLimit(parent, controller.Key, LimitMeans.Unified);
                })
            )
            .Select(controller => controller.Key)
            .ToList();
        if (usable.Count == 0)
        {
            Try(() => Directory.Delete(parent));
        }

        return usable.Count > 0 ? (parent, usable) : (null, []);
    }

    private static Dictionary<LimitedResource, string> Legacy(
        IReadOnlyList<GroupMount> mounts,
        string name,
        IReadOnlyList<LimitedResource> done
    )
    {
        var usable = new Dictionary<LimitedResource, string>();
        foreach (var (resource, controller) in Controllers.Where(controller => !done.Contains(controller.Key)))
        {
            var mount = mounts.FirstOrDefault(mount =>
                !mount.Unified && mount.Options.Contains(controller, StringComparer.Ordinal)
            );
            var parent = $"{mount?.Path}/{name}";
            if (mount is not null && Try(() => TryLimit(parent, resource, LimitMeans.Legacy)))
            {
                usable[resource] = parent;
            }
        }

        return usable;
    }

    private static void TryLimit(string parent, LimitedResource resource, LimitMeans means)
    {
        var group = $"{parent}/probe";
        Directory.CreateDirectory(group);
        try
        {
            foreach (var setting in Trial.Settings(resource, means).Where(setting => !setting.Optional))
            {
                File.WriteAllText($"{group}/{setting.File}", setting.Value);
            }
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    private static async Task<bool> HasSystemdAsync(TimeProvider time)
    {
        if (!Directory.Exists("/run/systemd/system"))
        {
            return false;
        }

        string[] command = [.. Trial.Scope(Controllers.Keys, !Environment.IsPrivilegedProcess), "/bin/true"];
        return (await Command.RunAsync(command, TimeSpan.FromSeconds(5), time, UserBus.Pass)).Succeeded;
    }

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
