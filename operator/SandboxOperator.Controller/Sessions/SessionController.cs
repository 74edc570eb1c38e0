using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

/// <summary>Gives sessions their sandboxes, and ends them.</summary>
/// <remarks>
/// A pod belongs to the session that it names in its label and its owner reference, from the one write that makes or
/// claims it; the session's status only repeats that. So whoever comes after a controller that died between both writes
/// finds the pod. Every write of a status is conditional on the version that was decided on.
/// </remarks>
[EntityRbac(
    typeof(SandboxSession),
    Verbs = RbacVerbs.Read | RbacVerbs.Delete,
    Role = RbacRole.Controller,
    Reason = "Follows sessions, and removes those that ended long ago."
)]
[EntityRbac(
    typeof(SandboxSession),
    Subresource = "status",
    Verbs = RbacVerbs.Patch,
    Role = RbacRole.Controller,
    Reason = "Says what sessions are."
)]
[EntityRbac(
    typeof(SandboxSession),
    Subresource = "finalizers",
    Verbs = RbacVerbs.Update,
    Role = RbacRole.Controller,
    Reason = "Lets sessions own pods."
)]
internal sealed class SessionController(
    IKubeClient client,
    IResourceCache<SandboxSession> sessions,
    IResourceCache<V1Pod> pods,
    SandboxFinder finder,
    PodWriter writer,
    RecipeBook recipes,
    SessionEvents events,
    TimeProvider time
) : IEntityController<SandboxSession>
{
    private const string FieldManager = ControllerApp.Name;
    private static readonly TimeSpan DefaultStart = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<SandboxSession>> ReconcileAsync(
        SandboxSession entity,
        CancellationToken cancellationToken
    )
    {
        await writer.SettleAsync(PodOwner.Of(entity), cancellationToken);
        var settings = SessionSettings.Of(entity);
        var own = pods.OfSession(entity).Where(pod => pod.BelongsTo(entity.Metadata.Uid)).ToList();
        var plan = SessionPlan.Of(entity, settings, own, writer.IsLeaving, time.GetUtcNow());
        if (plan.Step == SessionStep.End)
        {
            // First its end is written down; only then, and never before, its pod goes.
            var byLifetime = plan.Expiry.LastActivityAt + settings.IdleTimeout > plan.Expiry.ExpiresAt;
            entity = await WriteAsync(
                entity,
                SessionStatuses.Ended(entity, plan, byLifetime, time.GetUtcNow()),
                cancellationToken
            );
            plan = SessionPlan.Of(entity, settings, own, writer.IsLeaving, time.GetUtcNow());
        }

        foreach (var pod in plan.Surplus)
        {
            await writer.DeleteAsync(pod, unchanged: false, cancellationToken);
        }

        return plan.Step switch
        {
            SessionStep.Remove => await RemoveAsync(entity, cancellationToken),
            SessionStep.Suspend => Success(
                await WriteAsync(entity, SessionStatuses.Suspended(entity, plan, time.GetUtcNow()), cancellationToken),
                plan.Again
            ),
            SessionStep.Keep or SessionStep.Pause => await KeepAsync(entity, plan, settings, own, cancellationToken),
            SessionStep.Obtain => await ObtainAsync(entity, plan, settings, own, cancellationToken),
            _ => Success(entity, plan.Again),
        };
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<SandboxSession>> DeletedAsync(
        SandboxSession entity,
        CancellationToken cancellationToken
    ) => Task.FromResult(ReconciliationResult<SandboxSession>.Success(entity)); // its pods follow their owner

    private async Task<ReconciliationResult<SandboxSession>> RemoveAsync(
        SandboxSession session,
        CancellationToken token
    )
    {
        var preconditions = new DeletePreconditions(session.Metadata.Uid, session.Metadata.ResourceVersion);
        await client.DeleteAsync<SandboxSession>(ObjectKey.Of(session), preconditions, token);
        return ReconciliationResult<SandboxSession>.Success(session);
    }

    private async Task<ReconciliationResult<SandboxSession>> ObtainAsync(
        SandboxSession session,
        SessionPlan plan,
        SessionSettings settings,
        IReadOnlyList<V1Pod> before,
        CancellationToken token
    )
    {
        var (pod, blockade) = await finder.FindAsync(session, settings, before, token);
        if (pod is not null)
        {
            return await KeepAsync(session, plan with { Pod = pod }, settings, before, token);
        }

        var status = SessionStatuses.Blocked(session, plan, blockade!, time.GetUtcNow());
        session = await WriteAsync(session, status, token);
        return
            blockade!.Reason
                is ConditionReasons.QuotaExceeded
                    or ConditionReasons.PodRejected
                    or ConditionReasons.Starting
            // Nobody tells when there is room again: it is tried, ever later.
            ? ReconciliationResult<SandboxSession>.Failure(session, blockade.Message)
            : Success(session, plan.Again);
    }

    private async Task<ReconciliationResult<SandboxSession>> KeepAsync(
        SandboxSession session,
        SessionPlan plan,
        SessionSettings settings,
        IReadOnlyList<V1Pod> before,
        CancellationToken token
    )
    {
        var (pod, now) = (plan.Pod!, time.GetUtcNow());
        // A session outlives its runtime.
        var recipe = recipes.Find(session.Metadata.NamespaceProperty, session.Spec.RuntimeRef.Name, out _);
        var startTimeout = recipe?.StartTimeout ?? DefaultStart;
        var requires = recipe?.RequiresNetworkPolicy;
        var health = SessionStatuses.Verdict(
            pod,
            PodHealth.Of(pod, startTimeout, now),
            requires,
            settings.Problem,
            now,
            recipe?.Runtime.Status
        );
        var lost = SandboxFinder.WhatBecameOf(session.Status, before);
        var status = SessionStatuses.WithPod(
            session,
            plan,
            pod,
            health,
            lost,
            now,
            recipe?.Runtime.Status,
            requires == true
        );
        session = await WriteAsync(session, status, token);
        var late = pod.LateAt(startTimeout);
        var again = session.Status?.ExpiresAt ?? plan.Again;
        if (plan.Step == SessionStep.Pause || (health.State == PodState.Starting && late > now))
        {
            var sooner = plan.Step == SessionStep.Pause ? plan.Again : late;
            again = sooner < again ? sooner : again;
        }

        return Success(session, again);
    }

    /// <summary>Writes a status, if it says anything new, and tells of what is new.</summary>
    private async Task<SandboxSession> WriteAsync(
        SandboxSession session,
        SandboxSessionStatus status,
        CancellationToken token
    )
    {
        var written = await client.ApplyStatusAsync(session, status, FieldManager, unchanged: true, token);
        if (!ReferenceEquals(written, session))
        {
            sessions.Remember(written);
            events.Publish(session, written);
        }

        return written;
    }

    private ReconciliationResult<SandboxSession> Success(SandboxSession session, DateTimeOffset again)
    {
        // Not a moment before: timers are a little early at times.
        var wait = again - time.GetUtcNow() + TimeSpan.FromMilliseconds(10);
        return ReconciliationResult<SandboxSession>.Success(session, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }
}
