namespace SandboxOperator.Kube.Controllers;

/// <summary>
/// Must have its say before an object goes. The mark is set on objects when they are first reconciled and removed when
/// this has succeeded. Use none where owner references do.
/// </summary>
/// <typeparam name="TEntity">The kind.</typeparam>
public interface IEntityFinalizer<TEntity>
{
    /// <summary>The object is being deleted.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="cancellationToken">Another process leads from now on: stop at once.</param>
    /// <returns>What came of it; on failure it is called again.</returns>
    Task<ReconciliationResult<TEntity>> FinalizeAsync(TEntity entity, CancellationToken cancellationToken);
}
