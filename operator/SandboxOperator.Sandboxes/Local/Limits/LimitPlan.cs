namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>
/// How each resource is limited by the platform: the first that works of control groups v2, v1, a scope made by
/// systemd. These are backstops: init enforces the limits below them.
/// </summary>
internal sealed record LimitPlan(IReadOnlyDictionary<LimitedResource, LimitMeans> Means, LimitFacts Facts)
{
    public static LimitPlan Choose(LimitFacts facts) =>
        new(
            Enum.GetValues<LimitedResource>().ToDictionary(resource => resource, resource => Choose(facts, resource)),
            facts
        );

    /// <summary>The folders in which a sandbox's groups are made.</summary>
    public IReadOnlyList<string> Parents =>
        [
            .. Means
                .Where(means => means.Value is LimitMeans.Unified or LimitMeans.Legacy)
                .Select(means => means.Value == LimitMeans.Unified ? Facts.UnifiedParent! : Facts.Legacy[means.Key])
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Removes those folders when no sandbox has groups in them.</summary>
    public void RemoveParents()
    {
        foreach (var parent in Parents.Where(Directory.Exists))
        {
            if (!Directory.EnumerateDirectories(parent).Any())
            {
                Directory.Delete(parent);
            }
        }
    }

    /// <summary>How the platform limits a resource, for people; null when it does not.</summary>
    public string? Describe(LimitedResource resource) =>
        Means[resource] switch
        {
            LimitMeans.Unified => "control group v2",
            LimitMeans.Legacy => "control group v1",
            LimitMeans.SystemdScope => "systemd scope",
            _ => null,
        };

    private static LimitMeans Choose(LimitFacts facts, LimitedResource resource) =>
        facts.UnifiedParent is not null && facts.Unified.Contains(resource) ? LimitMeans.Unified
        : facts.Legacy.ContainsKey(resource) ? LimitMeans.Legacy
        : facts.SystemdRun ? LimitMeans.SystemdScope
        : LimitMeans.None;
}
