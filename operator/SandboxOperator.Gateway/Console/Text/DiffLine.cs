namespace SandboxOperator.Gateway.Console.Text;

/// <summary>A line of a comparison.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Text">The line; for a gap, how many lines are left out.</param>
public readonly record struct DiffLine(DiffLineKind Kind, string Text);
