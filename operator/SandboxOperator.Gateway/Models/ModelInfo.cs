namespace SandboxOperator.Gateway.Models;

/// <summary>A model that callers may name.</summary>
/// <param name="Id">Its name.</param>
/// <param name="CreatedAtSeconds">Unix seconds; 0 when unknown.</param>
/// <param name="OwnedBy">Who offers it.</param>
internal sealed record ModelInfo(string Id, long CreatedAtSeconds, string OwnedBy);
