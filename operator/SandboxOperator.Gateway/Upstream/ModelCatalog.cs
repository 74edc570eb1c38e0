using SandboxOperator.Gateway.BuiltIn;
using SandboxOperator.Gateway.Models;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>The models of the settings, of the upstream, and the built-in one.</summary>
internal sealed class ModelCatalog(ModelAliases aliases, UpstreamModelList upstream) : IModelCatalog
{
    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        await upstream.RefreshAsync(cancellationToken);
        return
        [
            .. (upstream.Last ?? [])
                .Concat(aliases.Names.Select(name => new ModelInfo(name, 0, "alias")))
                .Append(new ModelInfo(PythonModel.Name, 0, "sandbox-operator"))
                .DistinctBy(model => model.Id, StringComparer.Ordinal),
        ];
    }

    public string? Resolve(string name) => aliases.Resolve(name, upstream.Names);
}
