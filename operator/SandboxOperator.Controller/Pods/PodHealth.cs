using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Controller.Pods;

/// <summary>How far a pod is, and why not further, in its own words. Pure.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Reason">One of <see cref="ConditionReasons"/>.</param>
/// <param name="Message">For people.</param>
internal sealed record PodHealth(PodState State, string Reason, string Message)
{
    /// <summary>Above it, exit codes tell of signals.</summary>
    private const int LastOwnExitCode = 128;

    /// <summary>Reads a pod's status.</summary>
    /// <remarks>
    /// <list type="number">
    /// <item>It has ended: a node refused or evicted it.</item>
    /// <item>It is ready.</item>
    /// <item>No node takes it.</item>
    /// <item>A container waits for something that does not come by waiting, or gave up by itself.</item>
    /// <item>It took longer than its runtime allows.</item>
    /// </list>
    /// </remarks>
    /// <param name="pod">The pod.</param>
    /// <param name="startTimeout">How long it may take to start.</param>
    /// <param name="now">The present.</param>
    public static PodHealth Of(V1Pod pod, TimeSpan startTimeout, DateTimeOffset now)
    {
        // 1.
        if (pod.HasEnded())
        {
            return Failing(
                ConditionReasons.PodRejected,
                Join(pod.Status.Reason ?? pod.Status.Phase, pod.Status.Message)
            );
        }

        // 2.
        if (pod.IsReady())
        {
            return new PodHealth(PodState.Ready, ConditionReasons.Ready, "Code can run.");
        }

        // 3.
        if (pod.Condition("PodScheduled") is { Status: "False", Reason: "Unschedulable" } unschedulable)
        {
            return Failing(ConditionReasons.Unschedulable, unschedulable.Message);
        }

        // 4. What is wrong with the kernel's container is the reason for all others.
        foreach (var container in Containers(pod).OrderBy(each => each.Name != PodBuilder.KernelContainer))
        {
            if (container.State?.Waiting is { } waiting && ReasonFor(waiting.Reason) is { } reason)
            {
                return Failing(reason, Waits(container, waiting));
            }

            if (GaveUp(container) is { } end)
            {
                return Failing(ConditionReasons.ContainerFailed, $"Container {container.Name} ended: {Ended(end)}");
            }
        }

        // 5.
        var slow = Containers(pod)
            .FirstOrDefault(container => !container.Ready && container.State?.Terminated?.ExitCode != 0);
        var what = slow is null ? "" : $" Container {slow.Name} is not ready.";
        return now > pod.LateAt(startTimeout)
            ? Failing(
                ConditionReasons.ContainerFailed,
                $"The sandbox was not ready within {GoDuration.Format(startTimeout)}.{what}"
            )
            : new PodHealth(PodState.Starting, ConditionReasons.Starting, "The sandbox is starting.");
    }

    private static string Waits(V1ContainerStatus container, V1ContainerStateWaiting waiting)
    {
        var ended = Ended(container.LastState?.Terminated);
        var words = Join(waiting.Reason, waiting.Message);
        return $"Container {container.Name}: {words}{(ended is null ? "" : $"; it ended: {ended}")}";
    }

    /// <summary>
    /// How a container ended that found out itself that it cannot go on, and will find the same again. One that was killed
    /// says nothing about its next start.
    /// </summary>
    private static V1ContainerStateTerminated? GaveUp(V1ContainerStatus container) =>
        (container.State?.Terminated ?? container.LastState?.Terminated) is { ExitCode: > 0 and <= LastOwnExitCode } end
            ? end
            : null;

    private static IEnumerable<V1ContainerStatus> Containers(V1Pod pod) =>
        (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []);

    private static string? ReasonFor(string? waiting) =>
        waiting switch
        {
            "ErrImagePull"
            or "ImagePullBackOff"
            or "ErrImageNeverPull"
            or "InvalidImageName"
            or "ImageInspectError"
            or "RegistryUnavailable" => ConditionReasons.ImagePullFailed,
            "CrashLoopBackOff" or "CreateContainerConfigError" or "CreateContainerError" or "RunContainerError" =>
                ConditionReasons.ContainerFailed,
            // Kubelets put what went wrong into the reason, too.
            _ when waiting?.StartsWith("PostStartHookError", StringComparison.Ordinal) == true =>
                ConditionReasons.ContainerFailed,
            _ => null,
        };

    private static string? Ended(V1ContainerStateTerminated? end) =>
        end is null ? null : $"{Join(end.Reason, end.Message)} (exit code {end.ExitCode})";

    private static PodHealth Failing(string reason, string? message) =>
        new(PodState.Failing, reason, Words.Clean(message, "The pod does not say why."));

    private static string Join(string? reason, string? message) =>
        string.IsNullOrWhiteSpace(message) ? reason ?? "" : $"{reason}: {message}";
}
