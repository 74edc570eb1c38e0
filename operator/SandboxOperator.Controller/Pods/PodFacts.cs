using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Pods;

/// <summary>What a pod says about itself.</summary>
internal static class PodFacts
{
    /// <summary>How far the clocks of controller, API server and nodes may be apart.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    public static string? Label(this V1Pod pod, string label) =>
        pod.Metadata.Labels is { } labels && labels.TryGetValue(label, out var value) ? value : null;

    /// <summary>The name of the session that it belongs to.</summary>
    public static string? Session(this V1Pod pod) => pod.Label(SandboxLabels.Session);

    /// <summary>The pool where it waits for a session; null when it has one, or never was in a pool.</summary>
    public static string? WaitsInPool(this V1Pod pod) => pod.Session() is null ? pod.Label(SandboxLabels.Pool) : null;

    /// <summary>Whether it is controlled by an object; a name may come again, the uid does not.</summary>
    public static bool BelongsTo(this V1Pod pod, string uid) =>
        pod.Metadata.OwnerReferences?.Any(owner => owner.Controller == true && owner.Uid == uid) == true;

    /// <summary>Whether it is being deleted.</summary>
    public static bool IsLeaving(this V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether it has ended for good, by eviction for example: sandboxes never end by themselves.</summary>
    public static bool HasEnded(this V1Pod pod) => pod.Status?.Phase is "Failed" or "Succeeded";

    /// <summary>Whether code can run in it.</summary>
    public static bool IsReady(this V1Pod pod) => !pod.IsLeaving() && !pod.HasEnded() && pod.IsUp();

    public static V1PodCondition? Condition(this V1Pod pod, string type) =>
        pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    public static DateTimeOffset CreatedAt(this V1Pod pod) => Utc(pod.Metadata.CreationTimestamp);

    /// <summary>
    /// When it has taken too long to become ready. The times that it tells come from the clocks of others: one that is
    /// behind ours must not make every pod late that has just been created.
    /// </summary>
    public static DateTimeOffset LateAt(this V1Pod pod, TimeSpan startTimeout) =>
        pod.UnreadySince() + startTimeout + ClockTolerance;

    /// <summary>Since when it is not ready; its creation when it never was.</summary>
    private static DateTimeOffset UnreadySince(this V1Pod pod) =>
        pod.Condition("Ready")?.LastTransitionTime is { } changed ? Utc(changed) : pod.CreatedAt();

    private static DateTimeOffset Utc(DateTime? time) =>
        time is { } known ? new DateTimeOffset(DateTime.SpecifyKind(known, DateTimeKind.Utc)) : DateTimeOffset.MinValue;
}
