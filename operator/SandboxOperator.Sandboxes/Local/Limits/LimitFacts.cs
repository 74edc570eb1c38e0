namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>What a machine offers to limit a group of processes, each seen to work.</summary>
/// <param name="UnifiedParent">Where groups of the unified hierarchy can be made, or null.</param>
/// <param name="Unified">The resources that can be limited there.</param>
/// <param name="Legacy">For each resource, where groups of its own hierarchy can be made.</param>
/// <param name="SystemdRun">Whether systemd makes scopes for us.</param>
internal sealed record LimitFacts(
    string? UnifiedParent,
    IReadOnlyList<LimitedResource> Unified,
    IReadOnlyDictionary<LimitedResource, string> Legacy,
    bool SystemdRun
)
{
    public static readonly LimitFacts None = new(
        null,
        [],
        new Dictionary<LimitedResource, string>(),
        SystemdRun: false
    );
}
