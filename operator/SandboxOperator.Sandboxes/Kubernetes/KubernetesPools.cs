using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Reads the pools beside the sessions, for people to look at.</summary>
[EntityRbac(
    typeof(SandboxPool),
    Verbs = RbacVerbs.List,
    Role = RbacRole.Gateway,
    Reason = "Shows pools in the console."
)]
internal sealed class KubernetesPools(IKubeClient client, string space)
{
    /// <summary>More are not shown.</summary>
    private const int Most = 200;

    /// <exception cref="SandboxUnavailableException">The API server cannot be reached, or does not allow it.</exception>
    public async Task<IReadOnlyList<PoolInfo>> ListAsync(CancellationToken token)
    {
        try
        {
            var page = await client.ListAsync<SandboxPool>(new ListQuery(space), Most, continueWith: null, token);
            return [.. page.Items.Select(Describe).OrderBy(pool => pool.Name, StringComparer.Ordinal)];
        }
        catch (KubeException exception)
        {
            throw new SandboxUnavailableException($"The pools cannot be read: {exception.Message}", exception);
        }
    }

    private static PoolInfo Describe(SandboxPool pool) =>
        new(
            pool.Metadata.Name,
            pool.Spec.RuntimeRef.Name,
            pool.Status?.ReadyReplicas ?? 0,
            pool.Spec.Replicas,
            pool.Status?.Conditions.Describe() ?? []
        );
}
