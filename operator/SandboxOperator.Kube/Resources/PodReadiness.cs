using k8s.Models;

namespace SandboxOperator.Kube.Resources;

/// <summary>Whether code can run in a sandbox pod, as far as its status tells.</summary>
public static class PodReadiness
{
    /// <summary>
    /// Whether the pod is up: it says so, or all its containers run and have passed their startup probes. Kubelets before
    /// 1.21 say the second at once and the first up to a minute later.
    /// </summary>
    /// <param name="pod">The pod, with its conditions and the statuses of its containers.</param>
    /// <returns>Whether it is up.</returns>
    public static bool IsUp(this V1Pod pod) => Is(pod, "Ready") || (!Is(pod, "ContainersReady") && HaveStarted(pod));

    private static bool HaveStarted(V1Pod pod) =>
        pod.Status?.ContainerStatuses is { Count: > 0 } containers
        && containers.All(container => container is { Started: true, State.Running: not null });

    // A pod whose node is lost is not ready, although its containers are said to be.
    private static bool Is(V1Pod pod, string condition) =>
        pod.Status?.Conditions?.Any(each => each.Type == condition && each.Status == "True") == true;
}
