namespace SandboxOperator.Gateway.Upstream;

/// <summary>A piece of a refusal.</summary>
internal sealed record ModelRefusalDelta(string Text) : ModelEvent;
