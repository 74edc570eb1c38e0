namespace SandboxOperator.Gateway.Upstream;

/// <summary>A piece of the answer's text.</summary>
internal sealed record ModelTextDelta(string Text) : ModelEvent;
