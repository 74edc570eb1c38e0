namespace SandboxOperator.Api.Agent;

/// <summary>A Python exception that ended the cell.</summary>
public sealed record CallError : CallEvent
{
    /// <summary>The exception's class name, for example <c>KeyError</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The exception's message.</summary>
    public required string Value { get; init; }

    /// <summary>The traceback as plain text, without colour codes.</summary>
    public required string Traceback { get; init; }
}
