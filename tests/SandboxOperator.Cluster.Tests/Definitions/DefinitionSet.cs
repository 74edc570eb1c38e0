using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>The generated definitions: with rules, and without for clusters before 1.25.</summary>
internal sealed record DefinitionSet(string Folder)
{
    public static DefinitionSet WithRules { get; } = new("crds");

    public static DefinitionSet Legacy { get; } = new("crds/legacy");

    private string FullPath => Path.Combine(Checkout.Root, Folder);

    /// <summary>What the files say.</summary>
    public IEnumerable<V1CustomResourceDefinition> Read() =>
        Directory
            .EnumerateFiles(FullPath, "*.yaml")
            .Select(file =>
                KubernetesYaml.Deserialize<V1CustomResourceDefinition>(File.ReadAllText(file), strict: true)
            );

    /// <summary>Applies them as people do, and waits until the server serves them.</summary>
    public async Task ApplyAsync(params string[] options)
    {
        await Kubectl.RunAsync(["apply", "--filename", FullPath, .. options]);
        await Kubectl.RunAsync(
            "wait",
            "--for=condition=Established",
            "--filename",
            FullPath,
            $"--timeout={Eventually.Deadline.TotalSeconds:0}s"
        );
        Kubectl.Forget();
    }

    /// <summary>What applying them would change.</summary>
    public async Task<string> DiffAsync(params string[] options)
    {
        var (status, output, error) = await Kubectl.TryAsync(null, ["diff", "--filename", FullPath, .. options]);
        status.ShouldBeLessThanOrEqualTo(1, error);
        return output;
    }

    /// <summary>What the server holds under the names of this set.</summary>
    public async Task<IReadOnlyList<JsonObject>> LiveAsync()
    {
        var names = Read().Select(definition => definition.Metadata.Name);
        var list = JsonNode.Parse(
            await Kubectl.RunAsync(["get", "customresourcedefinitions", "--output=json", .. names])
        )!;
        return [.. list["items"]!.AsArray().Select(item => item!.AsObject())];
    }
}
