namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>Where a scripted turn rests until a test has seen what it wanted to see.</summary>
public sealed record ScriptedHold
{
    /// <summary>Rest after this many chunks.</summary>
    public int After { get; init; }

    /// <summary>What <c>POST /release</c> names; each release lets one turn go on, also one that comes later.</summary>
    public string Name { get; init; } = "";
}
