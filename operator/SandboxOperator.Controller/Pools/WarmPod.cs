namespace SandboxOperator.Controller.Pools;

/// <summary>An unclaimed pod of a pool, as far as the pool's size is concerned.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="IsReady">Whether a session could have it at once.</param>
/// <param name="IsCurrent">Whether it was made from the runtime as it is now.</param>
/// <param name="IsBroken">Whether it will never be ready: it failed, or took too long.</param>
/// <param name="IsLeaving">Whether it is being deleted.</param>
internal sealed record WarmPod(
    string Name,
    DateTimeOffset CreatedAt,
    bool IsReady,
    bool IsCurrent,
    bool IsBroken,
    bool IsLeaving
);
