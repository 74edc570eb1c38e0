namespace SandboxOperator.Api.Agent;

/// <summary>Sent every ten seconds when nothing else is, so that idle connections are not taken for dead.</summary>
public sealed record CallHeartbeat : CallEvent;
