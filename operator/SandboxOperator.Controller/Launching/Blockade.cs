namespace SandboxOperator.Controller.Launching;

/// <summary>Why there is no pod.</summary>
/// <param name="Reason">One of <see cref="Api.Resources.ConditionReasons"/>.</param>
/// <param name="Message">For people.</param>
internal sealed record Blockade(string Reason, string Message);
