namespace SandboxOperator.Gateway.Console.Threads;

/// <summary>A session that a thread has or had.</summary>
/// <param name="Ordinal">1 for the first.</param>
/// <param name="StartedAtMs">Its first call.</param>
/// <param name="LastActivityAtMs">The end of its last call.</param>
/// <param name="EndedAtMs">Null when nobody has noted an end.</param>
/// <param name="Launch"><c>warm</c> or <c>cold</c>.</param>
public sealed record ThreadSession(
    int Ordinal,
    long StartedAtMs,
    long LastActivityAtMs,
    long? EndedAtMs,
    string Launch
);
