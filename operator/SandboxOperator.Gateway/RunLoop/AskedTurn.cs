using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>What asking for a turn came to.</summary>
/// <param name="Model">The model that was asked, by its name at the upstream.</param>
/// <param name="Turn">The turn, or null when it was not asked for.</param>
/// <param name="Reader">What was shown of it.</param>
/// <param name="TokensUsed">The limit that left no room for a turn, or null.</param>
internal sealed record AskedTurn(string Model, ModelTurn? Turn, TurnReader? Reader, string? TokensUsed);
