using k8s.Models;
using SandboxOperator.Api.Runtimes;

namespace SandboxOperator.Controller.Pods;

/// <summary>What a sandbox pod is made from.</summary>
internal sealed record PodRequest
{
    /// <summary>The pod's name; its user id follows from it.</summary>
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The name of the runtime.</summary>
    public required string Runtime { get; init; }

    public required SandboxRuntimeSpec Spec { get; init; }

    /// <summary>The numbers of <see cref="Spec"/>.</summary>
    public required SandboxSize Size { get; init; }

    /// <summary>What the pod is made from, see <see cref="Pods.RuntimeHash"/>: the same for all pods of a runtime.</summary>
    public required string RuntimeHash { get; init; }

    /// <summary>The image of the agent, which also brings init and the kernel.</summary>
    public required string AgentImage { get; init; }

    /// <summary>When that image is pulled.</summary>
    public string AgentImagePullPolicy { get; init; } = "IfNotPresent";

    /// <summary>An address, <c>IP:PORT</c>, that every pod reaches unless a network policy is enforced; null: none is known.</summary>
    public string? Canary { get; init; }

    /// <summary>How long the pod waits for a policy to be enforced before it reports that it is not.</summary>
    public TimeSpan CanaryPatience { get; init; }

    /// <summary>Whether the pod gets a user namespace of its own.</summary>
    public bool UserNamespace { get; init; }

    /// <summary>The pool that the pod is made for; null for a session's own.</summary>
    public string? Pool { get; init; }

    /// <summary>The session that the pod belongs to; null for a warm one.</summary>
    public string? Session { get; init; }

    /// <summary>Who the pod goes with: its pool, or its session.</summary>
    public V1OwnerReference? Owner { get; init; }
}
