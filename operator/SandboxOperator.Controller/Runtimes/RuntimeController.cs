using k8s.Models;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.UserNamespaces;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Runtimes;

/// <summary>Says of every runtime whether sessions can use it, and closes the network of its namespace before they do.</summary>
[EntityRbac(
    typeof(SandboxRuntime),
    Verbs = RbacVerbs.Read,
    Role = RbacRole.Controller,
    Reason = "Knows what pods are made from."
)]
[EntityRbac(
    typeof(SandboxRuntime),
    Subresource = "status",
    Verbs = RbacVerbs.Patch,
    Role = RbacRole.Controller,
    Reason = "Says whether sessions can use it, and what its sandboxes have found of the network."
)]
internal sealed class RuntimeController(
    IKubeClient client,
    IResourceCache<SandboxRuntime> runtimes,
    IResourceCache<V1NetworkPolicy> policies,
    IResourceCache<V1Pod> pods,
    IIsolationPolicy isolation,
    NetworkKnowledge network,
    OpeningPolicies opening,
    NodeSurvey nodes,
    TimeProvider time
) : IEntityController<SandboxRuntime>
{
    private const string FieldManager = "sandbox-controller-status";

    public async Task<ReconciliationResult<SandboxRuntime>> ReconcileAsync(
        SandboxRuntime entity,
        CancellationToken cancellationToken
    )
    {
        // 1. Closed before the first sandbox, so that enforcement has begun when it comes. Afterwards as long as there are
        //    sandboxes: without any, whoever takes the policy away shall succeed.
        var space = entity.Metadata.NamespaceProperty;
        var isNew = entity.Status?.ObservedGeneration != entity.Metadata.Generation;
        if (isNew || pods.List().Any(pod => pod.Metadata.NamespaceProperty == space))
        {
            await isolation.EnsureAsync(space, cancellationToken);
        }

        // 2. Policies of a namespace are nobody's business before it has a runtime.
        foreach (var policy in policies.ByIndex(NetworkKnowledge.ByNamespace, space))
        {
            opening.Review(policy);
        }

        // 3. What nodes can do changes while nobody tells.
        var wants = entity.Spec.Isolation.UserNamespace != UserNamespaceSettings.Off;
        var answer = wants ? await nodes.AskAsync(entity.Spec, cancellationToken) : null;

        // 4. Say what is known.
        _ = SandboxSize.Read(entity.Spec, out var problems);
        var status = RuntimeStatuses.Of(
            entity,
            problems,
            network.LastSeen(space),
            network.OpenedBy(space),
            answer,
            time.GetUtcNow()
        );
        var stored = await client.ApplyStatusAsync(entity, status, FieldManager, unchanged: false, cancellationToken);
        runtimes.Remember(stored);
        return ReconciliationResult<SandboxRuntime>.Success(stored, NodeSurvey.AskAgain(answer));
    }

    public Task<ReconciliationResult<SandboxRuntime>> DeletedAsync(
        SandboxRuntime entity,
        CancellationToken cancellationToken
    ) => Task.FromResult(ReconciliationResult<SandboxRuntime>.Success(entity));
}
