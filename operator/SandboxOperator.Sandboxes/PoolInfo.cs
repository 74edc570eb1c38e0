namespace SandboxOperator.Sandboxes;

/// <summary>A pool of warm sandboxes as it stands now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Runtime">What its sandboxes are made from.</param>
/// <param name="Ready">Sandboxes that wait for a session.</param>
/// <param name="Wanted">How many should.</param>
/// <param name="Conditions">What is known of it, as the cluster says it.</param>
public sealed record PoolInfo(
    string Name,
    string Runtime,
    int Ready,
    int Wanted,
    IReadOnlyList<SandboxCondition> Conditions
);
