namespace SandboxOperator.Gateway.Models;

/// <summary>The models that callers may name.</summary>
internal interface IModelCatalog
{
    /// <summary>The upstream's models, the aliases of the settings, and <c>builtin/python</c>.</summary>
    Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The upstream's name of a model, or null when there is none of that name; the message for that is
    /// <see cref="Upstream.ModelAliases.UnknownMessage"/>.
    /// </summary>
    string? Resolve(string name);
}
