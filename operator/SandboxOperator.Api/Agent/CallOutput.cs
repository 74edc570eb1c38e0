namespace SandboxOperator.Api.Agent;

/// <summary>Text the code wrote, as it comes. Cut in the middle when it exceeds the output limit.</summary>
public sealed record CallOutput : CallEvent
{
    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public required string Stream { get; init; }

    /// <summary>A piece of text; pieces of one stream concatenate.</summary>
    public required string Text { get; init; }
}
