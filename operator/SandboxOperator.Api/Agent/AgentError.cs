namespace SandboxOperator.Api.Agent;

/// <summary>Body of every answer of the agent that is not 2xx.</summary>
/// <param name="Code">One of <see cref="AgentErrorCodes"/>.</param>
/// <param name="Message">What is wrong and what to do, for a person.</param>
public sealed record AgentError(string Code, string Message);
