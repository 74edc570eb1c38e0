namespace SandboxOperator.Api.Agent;

/// <summary>One attempt to get out, made from inside after the seccomp filter was installed.</summary>
/// <param name="Name">What was tried, for example <c>tcp</c>, <c>udp</c>, <c>ipv6</c>, <c>dns</c>, <c>metadata</c>.</param>
/// <param name="Blocked">True when the attempt failed, as it must.</param>
/// <param name="Detail">The error that stopped it, or what was reached.</param>
public sealed record IsolationCheck(string Name, bool Blocked, string Detail);
