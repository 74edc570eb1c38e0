namespace SandboxOperator.Gateway.Ledger.Usage;

/// <summary>Which entries count, and by what their sums are told apart.</summary>
/// <param name="Projects">These projects; null for all.</param>
/// <param name="Models">These models, by their names at the upstream; null for all.</param>
/// <param name="ByProject">A sum for each project.</param>
/// <param name="ByModel">A sum for each model.</param>
internal sealed record UsageFilter(
    IReadOnlyList<string>? Projects = null,
    IReadOnlyList<string>? Models = null,
    bool ByProject = false,
    bool ByModel = false
);
