using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;

namespace SandboxOperator.Controller.Isolation;

/// <summary>Puts our policies back when somebody changes or deletes them, and reviews all others.</summary>
internal sealed partial class NetworkPolicyController(
    IIsolationPolicy isolation,
    OpeningPolicies opening,
    IKubeClient client,
    ILogger<NetworkPolicyController> logger
) : IEntityController<V1NetworkPolicy>
{
    public async Task<ReconciliationResult<V1NetworkPolicy>> ReconcileAsync(
        V1NetworkPolicy entity,
        CancellationToken cancellationToken
    )
    {
        if (entity.Metadata.Name == SandboxPolicy.Name)
        {
            await isolation.EnsureAsync(entity.Metadata.NamespaceProperty, cancellationToken);
        }
        else
        {
            opening.Review(entity);
        }

        return ReconciliationResult<V1NetworkPolicy>.Success(entity);
    }

    public async Task<ReconciliationResult<V1NetworkPolicy>> DeletedAsync(
        V1NetworkPolicy entity,
        CancellationToken cancellationToken
    )
    {
        opening.Forget(entity);
        var space = entity.Metadata.NamespaceProperty;
        if (entity.Metadata.Name == SandboxPolicy.Name && await HasSandboxesAsync(space, cancellationToken))
        {
            await PutBackAsync(space, cancellationToken);
        }

        return ReconciliationResult<V1NetworkPolicy>.Success(entity);
    }

    /// <summary>
    /// Asks the API server: the cache of pods may lag behind the watch that told of the policy, and a policy that is put
    /// back for pods that are gone stays for ever.
    /// </summary>
    private async Task<bool> HasSandboxesAsync(string space, CancellationToken token)
    {
        var sandboxes = new ListQuery(space, $"{SandboxLabels.Sandbox}=true");
        return (await client.ListAsync<V1Pod>(sandboxes, limit: 1, continueWith: null, token)).Items.Count > 0;
    }

    private async Task PutBackAsync(string space, CancellationToken token)
    {
        try
        {
            await isolation.EnsureAsync(space, token);
        }
        catch (KubeException exception) when (exception.IsForbidden || exception.IsNotFound)
        {
            // A namespace that goes takes no new objects, and its sandboxes go with it. Where it is something else, the
            // next sandbox fails for the same reason, and its session says so.
            Log.NotPutBack(logger, space, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The network policy of namespace {Namespace} is not put back: {Problem}")]
        public static partial void NotPutBack(ILogger logger, string @namespace, string problem);
    }
}
