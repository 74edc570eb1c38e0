namespace SandboxOperator.Gateway.Upstream;

/// <summary>A turn that failed for good.</summary>
internal sealed class ModelException(ModelFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public ModelFailure Failure { get; } = failure;
}
