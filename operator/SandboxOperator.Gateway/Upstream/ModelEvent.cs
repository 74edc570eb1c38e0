namespace SandboxOperator.Gateway.Upstream;

/// <summary>Something a model's stream says.</summary>
internal abstract record ModelEvent;
