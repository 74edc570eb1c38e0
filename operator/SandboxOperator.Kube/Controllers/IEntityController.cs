namespace SandboxOperator.Kube.Controllers;

/// <summary>
/// Makes the world as objects of a kind say. One object is never in two calls at once; different objects are. The object
/// comes from the cache and is shared: do not change it. What was seen before may be out of date, so that every write must
/// be safe to repeat or carry a precondition. An exception counts as a failure; a conflict as one that says nothing.
/// </summary>
/// <typeparam name="TEntity">The kind.</typeparam>
public interface IEntityController<TEntity>
{
    /// <summary>The object, something it owns or something it watches has changed, or its time has come.</summary>
    /// <param name="entity">The object; never one that is being deleted.</param>
    /// <param name="cancellationToken">Another process leads from now on: stop at once.</param>
    /// <returns>What came of it.</returns>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>The object is gone. Not called for objects that went while no process was leading.</summary>
    /// <param name="entity">The object as it was last.</param>
    /// <param name="cancellationToken">Another process leads from now on: stop at once.</param>
    /// <returns>What came of it.</returns>
    Task<ReconciliationResult<TEntity>> DeletedAsync(TEntity entity, CancellationToken cancellationToken);
}
