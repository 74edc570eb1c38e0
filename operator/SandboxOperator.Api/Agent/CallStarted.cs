namespace SandboxOperator.Api.Agent;

/// <summary>The agent has logged the call's id; from here on it counts as executed.</summary>
public sealed record CallStarted : CallEvent
{
    /// <summary>
    /// Not null when the variables of earlier calls were lost since the last call ended: the reason in words for the
    /// model, for example <c>killed: out of memory (512 MiB); variables are lost</c>.
    /// </summary>
    public string? StateLost { get; init; }
}
