namespace SandboxOperator.Kube.Client;

/// <summary>What must still hold for a deletion to happen; else it fails as a conflict.</summary>
/// <param name="Uid">The object's uid: not another object of the same name.</param>
/// <param name="ResourceVersion">The object's version: nobody has changed it.</param>
/// <param name="GracePeriodSeconds">How long its processes may take to end; null for the object's own setting.</param>
public sealed record DeletePreconditions(
    string? Uid = null,
    string? ResourceVersion = null,
    int? GracePeriodSeconds = null
);
