using k8s;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Installation;

/// <summary>
/// Ends every pool and session of the cluster, waits for the end of their pods, and removes the network policies that
/// the controller made for them: <c>sandbox-controller drain</c>. The chart runs it before it removes the controller, after
/// which nobody would end them.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="time">For the deadline.</param>
[EntityRbac(
    typeof(SandboxPool),
    Verbs = RbacVerbs.List | RbacVerbs.Delete,
    Role = RbacRole.Cleanup,
    Reason = "Ends pools before an uninstall."
)]
[EntityRbac(
    typeof(SandboxSession),
    Verbs = RbacVerbs.List | RbacVerbs.Delete,
    Role = RbacRole.Cleanup,
    Reason = "Ends sessions before an uninstall."
)]
[EntityRbac(
    typeof(SandboxRuntime),
    Verbs = RbacVerbs.List | RbacVerbs.Delete,
    Role = RbacRole.Cleanup,
    Reason = "Removes the runtimes that the chart made before an uninstall."
)]
[EntityRbac(
    typeof(V1Pod),
    Verbs = RbacVerbs.List,
    Role = RbacRole.Cleanup,
    Reason = "Waits for the end of sandboxes before an uninstall."
)]
[EntityRbac(
    typeof(V1NetworkPolicy),
    Verbs = RbacVerbs.List | RbacVerbs.Delete,
    Role = RbacRole.Cleanup,
    Reason = "Removes the network policies of sandboxes, when these are gone, before an uninstall."
)]
internal sealed class DrainCommand(IKubeClient client, TimeProvider time)
{
    private const string OfTheChart = "app.kubernetes.io/part-of=sandbox-operator";
    private const string OfTheController = $"{SandboxPolicy.ManagedBy}={SandboxPolicy.Manager}";
    private const string Sandboxes = $"{SandboxLabels.Sandbox}=true";
    private const int PageSize = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Deletes until nothing is left.</summary>
    /// <param name="timeout">How long that may take.</param>
    /// <param name="token">Stops.</param>
    /// <returns>What is left when the time is over; empty after success.</returns>
    public async Task<string> RunAsync(TimeSpan timeout, CancellationToken token)
    {
        var deadline = time.GetUtcNow() + timeout;
        while (true)
        {
            string left;
            try
            {
                left = await StepAsync(token);
                if (left.Length == 0)
                {
                    return left;
                }
            }
            catch (KubeException exception)
            {
                left = exception.Message;
            }

            if (time.GetUtcNow() >= deadline)
            {
                return left;
            }

            await Task.Delay(Pause, time, token);
        }
    }

    /// <summary>
    /// Pools first, which would make new pods otherwise; a gateway may make sessions until the last moment. The network
    /// stays closed until the last sandbox is gone; before, the controller would put the policies back anyway.
    /// </summary>
    private async Task<string> StepAsync(CancellationToken token)
    {
        string?[] sandboxes =
        [
            await DeleteAsync<PlainPool>("pools", new ListQuery(), token),
            await DeleteAsync<PlainSession>("sessions", new ListQuery(), token),
            await DeleteAsync<PlainRuntime>("runtimes", new ListQuery(LabelSelector: OfTheChart), token),
            Describe("pods", await ListAsync<V1Pod>(new ListQuery(LabelSelector: Sandboxes), token)),
        ];
        var left = string.Join("; ", sandboxes.OfType<string>());
        return left.Length > 0
            ? left
            : await DeleteAsync<V1NetworkPolicy>(
                "network policies",
                new ListQuery(LabelSelector: OfTheController),
                token
            ) ?? "";
    }

    private async Task<string?> DeleteAsync<T>(string what, ListQuery query, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var found = await ListAsync<T>(query, token);
        foreach (var entity in found.Where(entity => entity.Metadata.DeletionTimestamp is null))
        {
            await client.DeleteAsync<T>(ObjectKey.Of(entity), preconditions: null, token);
        }

        return Describe(what, found);
    }

    /// <summary>The first page: the others come when these are gone. A cluster without the definition has none.</summary>
    private async Task<IReadOnlyList<T>> ListAsync<T>(ListQuery query, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return (await client.ListAsync<T>(query, PageSize, continueWith: null, token)).Items;
        }
        catch (KubeException exception) when (exception.IsNotFound)
        {
            return [];
        }
    }

    private static string? Describe<T>(string what, IReadOnlyList<T> found)
        where T : IKubernetesObject<V1ObjectMeta> =>
        found.Count == 0
            ? null
            : $"{what}: {string.Join(", ", found.Take(5).Select(entity => ObjectKey.Of(entity)))}"
                + (found.Count > 5 ? $" and {found.Count - 5} more" : "");
}
