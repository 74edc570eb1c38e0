namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>Turns of the scripted model. Body of <c>POST /script</c>.</summary>
public sealed record Script
{
    /// <summary>
    /// Regular expression on the text of a user message. The script answers while the newest user message that matches
    /// any script matches this one; the turn is the number of assistant messages since, so that any number of
    /// conversations can use a script at once. Null: the turns are queued and answer one request each.
    /// </summary>
    public string? Match { get; init; }

    /// <summary>The turns, in order.</summary>
    public IReadOnlyList<ScriptedTurn> Turns { get; init; } = [];
}
