using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.Sessions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Pools;

/// <summary>Keeps pools at their size.</summary>
[EntityRbac(
    typeof(SandboxPool),
    Verbs = RbacVerbs.Read,
    Role = RbacRole.Controller,
    Reason = "Keeps pools at their size."
)]
[EntityRbac(
    typeof(SandboxPool),
    Subresource = "status",
    Verbs = RbacVerbs.Patch,
    Role = RbacRole.Controller,
    Reason = "Says what pools are."
)]
[EntityRbac(
    typeof(SandboxPool),
    Subresource = "finalizers",
    Verbs = RbacVerbs.Update,
    Role = RbacRole.Controller,
    Reason = "Lets pools own pods."
)]
internal sealed class PoolController(
    IKubeClient client,
    IResourceCache<SandboxPool> pools,
    IResourceCache<V1Pod> pods,
    PodWriter writer,
    RecipeBook recipes,
    PoolBackoff backoff,
    TimeProvider time
) : IEntityController<SandboxPool>
{
    private const int CreatesAtOnce = 8;
    private static readonly TimeSpan DefaultStart = TimeSpan.FromMinutes(2);
    private static readonly string[] States = ["wanted", "present", "ready"];

    /// <inheritdoc/>
    /// <remarks>
    /// <list type="number">
    /// <item>Plan, from the pods that the cache shows: it knows of all that this process has written.</item>
    /// <item>Pods that broke are replaced ever more slowly; until then they stay, for people to look at.</item>
    /// <item>Delete what nobody has claimed meanwhile.</item>
    /// <item>Create.</item>
    /// <item>Say what there is.</item>
    /// </list>
    /// </remarks>
    public async Task<ReconciliationResult<SandboxPool>> ReconcileAsync(
        SandboxPool entity,
        CancellationToken cancellationToken
    )
    {
        await writer.SettleAsync(PodOwner.Of(entity), cancellationToken);
        var (uid, now) = (entity.Metadata.Uid, time.GetUtcNow());
        var recipe = recipes.Find(entity.Metadata.NamespaceProperty, entity.Spec.RuntimeRef.Name, out var found);
        var blockade = recipe is null ? found : recipe.Blockade;
        var canMake = blockade is null;
        var startTimeout = recipe?.StartTimeout ?? DefaultStart;

        // 1. and 2.
        var pause = backoff.NotBefore(uid, now);
        var present = Present(entity);
        var warm = present.Select(pod => View(pod, recipe, startTimeout, now, pause is not null)).ToList();
        // When nothing can be made, what is there may still be too many.
        var wanted = canMake ? entity.Spec.Replicas : Math.Min(entity.Spec.Replicas, warm.Count);
        var plan = PoolPlan.Of(wanted, warm, expected: 0);
        if (warm.Any(pod => pod.IsBroken))
        {
            Failed(uid, now);
        }

        // 3.
        foreach (var pod in present.Where(pod => plan.Delete.Contains(pod.Metadata.Name, StringComparer.Ordinal)))
        {
            await writer.DeleteAsync(pod, unchanged: true, cancellationToken);
        }

        // 4.
        if (recipe is not null && canMake && pause is null && plan.Create > 0)
        {
            blockade = await CreateAsync(entity, recipe, plan.Create, cancellationToken);
            if (blockade is not null)
            {
                Failed(uid, now);
            }
        }

        // 5.
        var health = Present(entity).Select(pod => PodHealth.Of(pod, startTimeout, now)).ToList();
        if (blockade is null && health.Count >= wanted && health.TrueForAll(pod => pod.State == PodState.Ready))
        {
            backoff.Forget(uid);
        }

        await WriteAsync(entity, health, blockade, now, cancellationToken);
        return ReconciliationResult<SandboxPool>.Success(entity, Again(uid, health, startTimeout, now));
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<SandboxPool>> DeletedAsync(SandboxPool entity, CancellationToken cancellationToken)
    {
        backoff.Forget(entity.Metadata.Uid);
        foreach (var state in States)
        {
            PoolMetrics.Pods.RemoveLabelled(entity.Metadata.NamespaceProperty, entity.Metadata.Name, state);
        }

        return Task.FromResult(ReconciliationResult<SandboxPool>.Success(entity)); // its pods follow their owner
    }

    private List<V1Pod> Present(SandboxPool pool) =>
        [.. pods.OfPool(pool).Where(pod => pod.BelongsTo(pool.Metadata.Uid) && !writer.IsLeaving(pod))];

    private static WarmPod View(
        V1Pod pod,
        SandboxRecipe? recipe,
        TimeSpan startTimeout,
        DateTimeOffset now,
        bool isPaused
    )
    {
        // An image may appear and a node have room any time: nothing is won with another pod.
        var health = PodHealth.Of(pod, startTimeout, now);
        var isBroken =
            pod.HasEnded() || (health.Reason == ConditionReasons.ContainerFailed && now > pod.LateAt(startTimeout));
        return new WarmPod(
            pod.Metadata.Name,
            pod.CreatedAt(),
            IsReady: health.State == PodState.Ready,
            IsCurrent: recipe is not { Blockade: null }
                || recipe.Hashes.Contains(pod.Label(SandboxLabels.RuntimeHash), StringComparer.Ordinal),
            IsBroken: isBroken && !isPaused,
            IsLeaving: false
        );
    }

    private async Task<Blockade?> CreateAsync(
        SandboxPool pool,
        SandboxRecipe recipe,
        int count,
        CancellationToken token
    )
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = CreatesAtOnce, CancellationToken = token };
        try
        {
            await Parallel.ForAsync(
                0,
                count,
                options,
                async (_, each) =>
                {
                    var request = recipe.Template with
                    {
                        Name = PodNames.OfPool(pool.Metadata.Name),
                        Pool = pool.Metadata.Name,
                        Owner = Owners.Reference(pool),
                    };
                    await writer.CreateAsync(PodOwner.Of(pool), request, each);
                }
            );
            return null;
        }
        catch (KubeException refusal) when (refusal.IsForbidden || refusal.IsInvalid)
        {
            return SandboxFinder.Refusal(refusal);
        }
    }

    private async Task WriteAsync(
        SandboxPool pool,
        IReadOnlyCollection<PodHealth> health,
        Blockade? blockade,
        DateTimeOffset now,
        CancellationToken token
    )
    {
        var status = PoolStatuses.Of(pool, health, blockade, now);
        var written = await client.ApplyStatusAsync(pool, status, ControllerApp.Name, unchanged: true, token);
        if (!ReferenceEquals(written, pool))
        {
            pools.Remember(written);
        }

        foreach (
            var (state, count) in States.Zip([pool.Spec.Replicas, status.Replicas ?? 0, status.ReadyReplicas ?? 0])
        )
        {
            PoolMetrics.Pods.WithLabels(pool.Metadata.NamespaceProperty, pool.Metadata.Name, state).Set(count);
        }
    }

    private void Failed(string uid, DateTimeOffset now)
    {
        PoolMetrics.Failures.Inc();
        backoff.Failed(uid, now);
    }

    /// <summary>When time alone changes something: the end of a pause, or a start that takes too long.</summary>
    private TimeSpan? Again(string uid, List<PodHealth> health, TimeSpan startTimeout, DateTimeOffset now) =>
        backoff.NotBefore(uid, now) is { } pause ? pause - now
        : health.Exists(pod => pod.State != PodState.Ready) ? startTimeout + PodFacts.ClockTolerance
        : null;
}
