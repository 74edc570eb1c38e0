namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>How a command ended.</summary>
/// <param name="Succeeded">Whether it ran and ended with 0.</param>
/// <param name="Output">What it wrote, or why it did not run.</param>
internal readonly record struct CommandResult(bool Succeeded, string Output);
