namespace SandboxOperator.Sandboxes.Kubernetes.Admission;

/// <summary>A session that has a sandbox, or is getting one.</summary>
/// <param name="Session">Its name.</param>
/// <param name="Thread">Whose it is.</param>
/// <param name="LastActivityAt">Its last sign of life.</param>
/// <param name="Active">Whether it is in use, here or on another replica, as far as anybody can tell.</param>
internal sealed record Occupant(string Session, ThreadOwner Thread, DateTimeOffset LastActivityAt, bool Active);
