using System.Globalization;

namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>The control groups of one sandbox, one in each hierarchy that the plan uses.</summary>
internal sealed class ControlGroups(LimitPlan plan, string id)
{
    public IReadOnlyList<string> Paths { get; } = [.. plan.Parents.Select(parent => $"{parent}/{id}")];

    /// <summary>Makes the groups and sets their limits.</summary>
    public void Create(LimitValues values)
    {
        foreach (var path in Paths)
        {
            Directory.CreateDirectory(path);
        }

        foreach (var (resource, means) in plan.Means)
        {
            var parent =
                means == LimitMeans.Unified ? plan.Facts.UnifiedParent : plan.Facts.Legacy.GetValueOrDefault(resource);
            foreach (var setting in values.Settings(resource, means))
            {
                var file = $"{parent}/{id}/{setting.File}";
                if (!setting.Optional || File.Exists(file))
                {
                    File.WriteAllText(file, setting.Value);
                }
            }
        }
    }

    /// <summary>The processes in the groups.</summary>
    public IEnumerable<int> Processes() =>
        Paths
            .Select(path => $"{path}/cgroup.procs")
            .Where(File.Exists)
            .SelectMany(File.ReadAllLines)
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture))
            .Distinct();

    /// <summary>Removes the groups; false while processes are in them.</summary>
    public bool TryRemove()
    {
        var removed = true;
        foreach (var path in Paths.Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(path);
            }
            catch (IOException)
            {
                removed = false;
            }
        }

        return removed;
    }
}
