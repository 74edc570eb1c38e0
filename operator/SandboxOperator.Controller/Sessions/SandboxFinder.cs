using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

/// <summary>Gets a pod for a session that has none.</summary>
internal sealed class SandboxFinder(PodWriter writer, WarmPods warm, RecipeBook recipes)
{
    /// <summary>Finds, claims or makes a pod.</summary>
    /// <remarks>
    /// <list type="number">
    /// <item>The pod that the status names may be there although the cache does not know it: only the API server can say
    /// that it is lost.</item>
    /// <item>The spec and the runtime must allow it. Sessions that have started are not refused.</item>
    /// <item>A warm pod is claimed.</item>
    /// <item>A pod is made, under a name that follows from the status.</item>
    /// </list>
    /// </remarks>
    /// <param name="session">The session.</param>
    /// <param name="settings">What it says.</param>
    /// <param name="before">The pods that it had, as far as the cache knows.</param>
    /// <param name="token">Stops waiting.</param>
    /// <returns>A pod, or why there is none.</returns>
    public async Task<(V1Pod? Pod, Blockade? Blockade)> FindAsync(
        SandboxSession session,
        SessionSettings settings,
        IReadOnlyList<V1Pod> before,
        CancellationToken token
    )
    {
        // 1.
        var named = session.Status?.PodRef;
        if (named is not null && before.All(pod => pod.Metadata.Uid != named.Uid))
        {
            var key = new ObjectKey(session.Metadata.NamespaceProperty, named.Name);
            if (await writer.ReadAsync(key, token) is { } found && found.Metadata.Uid == named.Uid)
            {
                if (IsUsable(session, found))
                {
                    return (found, null);
                }

                // Somebody took its labels or its owner away.
                await writer.DeleteAsync(found, unchanged: false, token);
            }
        }

        // 2.
        if (settings.Problem is { } problem)
        {
            return (null, new Blockade(ConditionReasons.InvalidSpec, problem));
        }

        var (space, runtime) = (session.Metadata.NamespaceProperty, session.Spec.RuntimeRef.Name);
        if (recipes.Find(space, runtime, out var blockade) is not { } recipe)
        {
            return (null, blockade);
        }

        if (!recipe.Runtime.Spec.AcceptSessions && session.Status is not { StartedAt: not null })
        {
            var message = $"The runtime '{runtime}' accepts no new sessions: its spec.acceptSessions is false.";
            return (null, new Blockade(ConditionReasons.SessionsRefused, message));
        }

        try
        {
            // 3.
            if (await warm.ClaimAsync(session, recipe, token) is { } claimed)
            {
                return (claimed, null);
            }

            // 4.
            if (recipe.Blockade is { } notNow)
            {
                return (null, notNow);
            }

            return await CreateAsync(session, recipe, token);
        }
        catch (KubeException refusal) when (refusal.IsForbidden || refusal.IsInvalid)
        {
            return (null, Refusal(refusal));
        }
    }

    /// <summary>What became of the pod that the status names, for people.</summary>
    public static string WhatBecameOf(SandboxSessionStatus? status, IReadOnlyList<V1Pod> before)
    {
        if (status is not { PodRef: { } named } || status.Phase == SessionPhases.Suspended)
        {
            return "The sandbox was given up";
        }

        var pod = before.FirstOrDefault(each => each.Metadata.Uid == named.Uid);
        return pod is null || !pod.HasEnded() ? $"The sandbox {named.Name} was deleted"
            : string.IsNullOrEmpty(pod.Status.Message) ? $"The sandbox {named.Name} ended ({pod.Status.Reason})"
            : $"The sandbox {named.Name} ended ({pod.Status.Reason}: {Words.Clean(pod.Status.Message, "").TrimEnd('.')})";
    }

    /// <summary>Why a pod may not be made.</summary>
    public static Blockade Refusal(KubeException refusal) =>
        new(
            refusal.IsForbidden && refusal.Message.Contains("exceeded quota", StringComparison.Ordinal)
                ? ConditionReasons.QuotaExceeded
                : ConditionReasons.PodRejected,
            Words.Of(refusal)
        );

    private static bool IsUsable(SandboxSession session, V1Pod pod) =>
        pod.BelongsTo(session.Metadata.Uid)
        && pod.Session() == session.Metadata.Name
        && pod.Label(SandboxLabels.Sandbox) == "true"
        && !pod.IsLeaving()
        && !pod.HasEnded();

    private async Task<(V1Pod? Pod, Blockade? Blockade)> CreateAsync(
        SandboxSession session,
        SandboxRecipe recipe,
        CancellationToken token
    )
    {
        var name = PodNames.OfSession(
            session.Metadata.Name,
            session.Metadata.Uid,
            session.Status?.PodRef?.Uid,
            session.Status?.Replacements ?? 0
        );
        var request = recipe.Template with
        {
            Name = name,
            Session = session.Metadata.Name,
            Owner = Owners.Reference(session),
        };
        try
        {
            return (await writer.CreateAsync(PodOwner.Of(session), request, token), null);
        }
        catch (KubeException exception) when (exception.IsAlreadyExists)
        {
            var found = await writer.ReadAsync(new ObjectKey(request.Namespace, name), token);
            return found is not null && IsUsable(session, found) ? (found, null)
                : found is null || found.BelongsTo(session.Metadata.Uid)
                    ? (null, new Blockade(ConditionReasons.Starting, $"Waits until the pod {name} is gone."))
                : (
                    null,
                    new Blockade(ConditionReasons.PodRejected, $"There is a pod {name} that is not this session's.")
                );
        }
    }
}
