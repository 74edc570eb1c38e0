using System.Diagnostics.CodeAnalysis;

namespace SandboxOperator.Kube.Controllers;

/// <summary>What came of a reconcile.</summary>
/// <typeparam name="TEntity">The kind.</typeparam>
[SuppressMessage("Design", "CA1000", Justification = "KubeOps has these methods here, and so can replace this type.")]
public sealed record ReconciliationResult<TEntity>
{
    private ReconciliationResult(TEntity entity) => Entity = entity;

    /// <summary>The object.</summary>
    public TEntity Entity { get; }

    /// <summary>Whether everything is as it should be, or on its way there.</summary>
    public bool IsSuccess { get; private init; }

    /// <summary>What went wrong.</summary>
    public string? ErrorMessage { get; private init; }

    /// <summary>Why.</summary>
    public Exception? Error { get; private init; }

    /// <summary>When to look again although nothing has changed; null for never, or after a failure ever later.</summary>
    public TimeSpan? RequeueAfter { get; private init; }

    /// <summary>Everything is as it should be, or on its way there.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="requeueAfter">When to look again although nothing has changed.</param>
    /// <returns>The result.</returns>
    public static ReconciliationResult<TEntity> Success(TEntity entity, TimeSpan? requeueAfter = null) =>
        new(entity) { IsSuccess = true, RequeueAfter = requeueAfter };

    /// <summary>Something went wrong; the object comes again.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="errorMessage">What went wrong.</param>
    /// <param name="error">Why.</param>
    /// <param name="requeueAfter">When to try again; when absent ever later after every failure.</param>
    /// <returns>The result.</returns>
    public static ReconciliationResult<TEntity> Failure(
        TEntity entity,
        string errorMessage,
        Exception? error = null,
        TimeSpan? requeueAfter = null
    ) =>
        new(entity)
        {
            ErrorMessage = errorMessage,
            Error = error,
            RequeueAfter = requeueAfter,
        };
}
