namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Tokens of a model call.</summary>
/// <param name="Prompt">What the model read.</param>
/// <param name="Completion">What it wrote.</param>
public readonly record struct TokenCount(long Prompt, long Completion)
{
    public long Total => Prompt + Completion;
}
