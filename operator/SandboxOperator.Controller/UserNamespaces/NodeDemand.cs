using System.Text.Json;
using SandboxOperator.Api.Runtimes;

namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>What a runtime asks of nodes, as one text: runtimes that ask for the same get the same answer.</summary>
internal readonly record struct NodeDemand(string Text)
{
    public static NodeDemand Of(SandboxRuntimeSpec spec) =>
        new(
            JsonSerializer.Serialize(
                new
                {
                    spec.Isolation.RuntimeClassName,
                    Selector = spec.Scheduling?.NodeSelector?.OrderBy(label => label.Key, StringComparer.Ordinal),
                    spec.Scheduling?.Tolerations,
                }
            )
        );
}
