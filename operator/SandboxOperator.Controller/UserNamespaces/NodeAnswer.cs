namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>What the nodes that a runtime's pods may come to say of user namespaces.</summary>
/// <param name="Kind">The answer.</param>
/// <param name="Message">For people.</param>
internal sealed record NodeAnswer(NodeAnswerKind Kind, string Message);
