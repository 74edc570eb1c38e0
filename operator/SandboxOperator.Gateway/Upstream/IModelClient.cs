namespace SandboxOperator.Gateway.Upstream;

/// <summary>A model that speaks Chat Completions, or one that is built in.</summary>
internal interface IModelClient
{
    /// <summary>
    /// Asks the model for one turn. Deltas come as they arrive; the last item is always <see cref="ModelTurn"/>.
    /// Calls are repeated (429, 5xx, no connection) with backoff only while nothing has been yielded, and within the
    /// deadline.
    /// </summary>
    /// <exception cref="ModelException">The turn failed for good.</exception>
    IAsyncEnumerable<ModelEvent> StreamAsync(ModelRequest request, CancellationToken cancellationToken);
}
