using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Exec;

namespace SandboxOperator.Sandboxes.Kubernetes.Prepared;

/// <summary>A stream that nobody has asked for yet.</summary>
/// <param name="Pod">Where it leads.</param>
/// <param name="Stream">Itself.</param>
internal sealed record PreparedStream(PodReference Pod, Stream Stream)
{
    /// <summary>When its pod was first seen not to wait in a pool any more; null while it does.</summary>
    public DateTimeOffset? PodLeftAt { get; init; }

    /// <summary>Whether the other side has closed it.</summary>
    public bool HasEnded => Stream is ExecStream { Completion.IsCompleted: true };
}
