namespace SandboxOperator.Kube.Caching;

/// <summary>A change of a cached object.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Entity">The object as it is now, or as it was last when it is gone.</param>
/// <param name="Before">The object as it was; null when it is new.</param>
/// <typeparam name="T">The kind.</typeparam>
public readonly record struct ResourceChange<T>(ChangeKind Kind, T Entity, T? Before)
    where T : class;
