using System.Collections.Concurrent;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Launching;

/// <summary>Gives warm pods to sessions.</summary>
internal sealed class WarmPods(IResourceCache<V1Pod> pods, PodWriter writer, TimeProvider time)
{
    private const int MostTries = 10;

    /// <summary>Pods that a worker of this process wants now, so that no two of them fight for one.</summary>
    private readonly ConcurrentDictionary<string, bool> _wanted = new(StringComparer.Ordinal);

    /// <summary>Claims the oldest fitting pod; whoever loses one chooses again.</summary>
    /// <returns>The pod, now the session's; null when there is none.</returns>
    public async Task<V1Pod?> ClaimAsync(SandboxSession session, SandboxRecipe recipe, CancellationToken token)
    {
        var gone = new HashSet<string>(StringComparer.Ordinal);
        for (var tries = 0; tries < MostTries && Choose(recipe, gone) is { } pod; tries++)
        {
            try
            {
                return await writer.ClaimAsync(PodOwner.Of(session), pod, Owners.Reference(session), token);
            }
            catch (KubeException exception) when (exception.IsConflict || exception.IsNotFound)
            {
                // It has changed: it may still be free, or somebody else's now.
                if (await writer.ReadAsync(ObjectKey.Of(pod), token) is null)
                {
                    gone.Add(pod.Metadata.Uid);
                }
            }
            finally
            {
                _wanted.TryRemove(pod.Metadata.Uid, out _);
            }
        }

        return null;
    }

    private V1Pod? Choose(SandboxRecipe recipe, HashSet<string> gone)
    {
        var fitting = pods.WarmOf(recipe.Runtime, recipe.Hashes)
            .Where(pod => Fits(pod, recipe) && !gone.Contains(pod.Metadata.Uid))
            .OrderBy(pod => pod.CreatedAt())
            .ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal);
        return fitting.FirstOrDefault(pod => _wanted.TryAdd(pod.Metadata.Uid, true));
    }

    private bool Fits(V1Pod pod, SandboxRecipe recipe) =>
        pod.IsReady()
        && !writer.IsLeaving(pod)
        && (
            !recipe.RequiresNetworkPolicy
            || PodIsolation
                .Of(pod, time.GetUtcNow(), recipe.Runtime.Status, provesItself: true)
                .NetworkPolicyEnforced.Status == ConditionStatus.True
        );
}
