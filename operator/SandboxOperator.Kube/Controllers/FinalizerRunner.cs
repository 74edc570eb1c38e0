using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Controllers;

/// <summary>Sets finalizers on living objects, and calls and removes them on those that are being deleted.</summary>
internal sealed class FinalizerRunner<TEntity>(
    IEnumerable<FinalizerRegistration<TEntity>> registrations,
    IKubeClient client,
    IResourceCache<TEntity> cache
)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private const string FieldManager = "sandbox-finalizers";
    private readonly FinalizerRegistration<TEntity>[] _registrations = [.. registrations];

    public async Task<TEntity> AttachAsync(TEntity entity, CancellationToken token)
    {
        var present = entity.Metadata.Finalizers ?? [];
        var missing = _registrations.Select(each => each.Identifier).Except(present, StringComparer.Ordinal).ToList();
        return missing.Count == 0 ? entity : await SetAsync(entity, [.. present, .. missing], token);
    }

    public async Task<ReconciliationResult<TEntity>> FinalizeAsync(
        TEntity entity,
        IServiceProvider services,
        CancellationToken token
    )
    {
        foreach (var registration in _registrations)
        {
            var present = entity.Metadata.Finalizers ?? [];
            if (!present.Contains(registration.Identifier, StringComparer.Ordinal))
            {
                continue;
            }

            var finalizer =
                (IEntityFinalizer<TEntity>)ActivatorUtilities.GetServiceOrCreateInstance(services, registration.Type);
            var result = await finalizer.FinalizeAsync(entity, token);
            if (!result.IsSuccess)
            {
                return result;
            }

            entity = await SetAsync(
                entity,
                [.. present.Where(mark => !string.Equals(mark, registration.Identifier, StringComparison.Ordinal))],
                token
            );
        }

        return ReconciliationResult<TEntity>.Success(entity);
    }

    /// <summary>The version makes it a conflict when somebody else set or removed a mark meanwhile.</summary>
    private async Task<TEntity> SetAsync(TEntity entity, IReadOnlyList<string> finalizers, CancellationToken token)
    {
        var body = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["metadata"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["resourceVersion"] = entity.Metadata.ResourceVersion,
                ["finalizers"] = finalizers,
            },
        };
        var patch = new V1Patch(body, V1Patch.PatchType.MergePatch);
        var written = await client.PatchAsync<TEntity>(ObjectKey.Of(entity), patch, FieldManager, null, token);
        if (finalizers.Count > 0 || written.Metadata.DeletionTimestamp is null)
        {
            cache.Remember(written);
        }

        return written;
    }
}
