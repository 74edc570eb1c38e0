using System.Text.Json;
using k8s.Models;
using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Isolation;

/// <summary>What a pod's status tells of its isolation, as conditions of its session. Pure.</summary>
/// <remarks>
/// A sandbox pod has no credentials and is never asked: what it found comes as exit codes and termination messages of
/// programs that ran before any of the user's code.
/// </remarks>
/// <param name="NetworkIsolated">Whether init tried and could not get out.</param>
/// <param name="NetworkPolicyEnforced">Whether an unfiltered process tried and could not reach the canary.</param>
internal sealed record PodIsolation(Condition NetworkIsolated, Condition NetworkPolicyEnforced)
{
    private const int LongestDetail = 512;

    /// <summary>The two conditions for a pod.</summary>
    /// <param name="pod">The pod, as it is known.</param>
    /// <param name="now">The present: the time of transition of both, which <see cref="Conditions.With"/> corrects.</param>
    /// <param name="runtime">
    /// What is known of its runtime: a policy that opens the namespace counts for all its pods, and what another sandbox
    /// found counts for those that have not tried themselves.
    /// </param>
    /// <param name="provesItself">Whether only what the pod itself has tried counts.</param>
    public static PodIsolation Of(
        V1Pod pod,
        DateTimeOffset now,
        SandboxRuntimeStatus? runtime = null,
        bool provesItself = false
    )
    {
        var network = runtime?.Conditions.Find(ConditionTypes.NetworkPolicyEnforced);
        return new PodIsolation(
            SelfTest(pod, now),
            Opened(network, now)
                ?? Canary(pod, now)
                ?? (provesItself ? null : FoundByAnother(network, now))
                ?? Make(
                    ConditionTypes.NetworkPolicyEnforced,
                    ConditionStatus.Unknown,
                    ConditionReasons.NotTested,
                    "No process of the sandbox has tried yet.",
                    now
                )
        );
    }

    private static Condition? Opened(Condition? network, DateTimeOffset now) =>
        network is { Reason: ConditionReasons.OpenedByPolicy } ? network with { LastTransitionTime = now } : null;

    private static Condition? FoundByAnother(Condition? network, DateTimeOffset now) =>
        network is { Reason: ConditionReasons.CanaryBlocked or ConditionReasons.CanaryReached }
            ? Make(
                network.Type,
                network.Status,
                network.Reason,
                $"Found by another sandbox of this namespace: {network.Message}",
                now
            )
            : null;

    private static Condition SelfTest(V1Pod pod, DateTimeOffset now)
    {
        // The agent's container counts as started only when the agent has seen all checks blocked.
        if (pod.IsUp())
        {
            return Make(
                ConditionTypes.NetworkIsolated,
                ConditionStatus.True,
                ConditionReasons.SelfTestPassed,
                "Before any other program ran, the sandbox tried every way out, and all were blocked.",
                now
            );
        }

        var kernel = pod.Status?.ContainerStatuses?.FirstOrDefault(each => each.Name == PodBuilder.KernelContainer);
        if (Ends(kernel).FirstOrDefault(end => end.ExitCode == AgentExitCodes.NotIsolated) is { } refused)
        {
            return Make(
                ConditionTypes.NetworkIsolated,
                ConditionStatus.False,
                ConditionReasons.NotIsolated,
                Text(refused.Message, "The sandbox tried the network, reached it, and ended before any code ran."),
                now
            );
        }

        return Make(
            ConditionTypes.NetworkIsolated,
            ConditionStatus.Unknown,
            ConditionReasons.NotTested,
            "The sandbox has not tried yet.",
            now
        );
    }

    /// <summary>What the pod found itself; null when it does not try, or has not yet.</summary>
    private static Condition? Canary(V1Pod pod, DateTimeOffset now)
    {
        // Whatever it is called: other programs put containers before ours, and none of them writes such a message.
        var report = (pod.Status?.InitContainerStatuses ?? [])
            .SelectMany(Ends)
            .Where(end => end.ExitCode == 0)
            .Select(end => Report(end.Message))
            .FirstOrDefault(each => each is not null);
        if (report is null)
        {
            return null;
        }

        var (status, reason) = report.NetworkPolicy switch
        {
            NetworkPolicyVerdicts.Enforced => (ConditionStatus.True, ConditionReasons.CanaryBlocked),
            NetworkPolicyVerdicts.Open => (ConditionStatus.False, ConditionReasons.CanaryReached),
            _ => (ConditionStatus.Unknown, ConditionReasons.CanaryUnclear),
        };
        var message = Text(report.Detail, "It does not say how.");
        return Make(ConditionTypes.NetworkPolicyEnforced, status, reason, message, now);
    }

    /// <summary>How a container ended, the present end first.</summary>
    private static IEnumerable<V1ContainerStateTerminated> Ends(V1ContainerStatus? container) =>
        new[] { container?.State?.Terminated, container?.LastState?.Terminated }.OfType<V1ContainerStateTerminated>();

    private static CanaryReport? Report(string? message)
    {
        try
        {
            return message is null ? null : JsonSerializer.Deserialize(message, AgentJson.Default.CanaryReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(string? said, string otherwise)
    {
        var clean = string.Concat((said ?? "").Take(LongestDetail).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return clean.Length == 0 ? otherwise : clean;
    }

    private static Condition Make(string type, string status, string reason, string message, DateTimeOffset now) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = now,
        };
}
