using System.Xml.Linq;
using SandboxOperator.Testing;
using Shouldly;
using Xunit;

namespace SandboxOperator.Repository.Tests;

public sealed class LayoutTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
    {
        ["SandboxOperator.Api"] = [],
        ["SandboxOperator.Kube"] = ["SandboxOperator.Api"],
        ["SandboxOperator.Controller"] = ["SandboxOperator.Api", "SandboxOperator.Kube"],
        ["SandboxOperator.Sandboxes"] = ["SandboxOperator.Api", "SandboxOperator.Kube"],
        ["SandboxOperator.Gateway"] = ["SandboxOperator.Api", "SandboxOperator.Kube", "SandboxOperator.Sandboxes"],
        ["SandboxOperator.Agent"] = ["SandboxOperator.Api"],
    };

    public static TheoryData<string> Projects() =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Checkout.Root, "operator"), "*.csproj", SearchOption.AllDirectories)
                .Select(path => Path.GetFileNameWithoutExtension(path)),
        ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_layout_allows(string project)
    {
        AllowedReferences.Keys.ShouldContain(project);
        var file = XDocument.Load(Path.Combine(Checkout.Root, "operator", project, $"{project}.csproj"));
        var references = file.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        references.ShouldBeSubsetOf(AllowedReferences[project]);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Checkout.Root, "SandboxOperator.sln"));
        foreach (var folder in new[] { "operator", "tests" })
        {
            foreach (
                var project in Directory.EnumerateFiles(
                    Path.Combine(Checkout.Root, folder),
                    "*.csproj",
                    SearchOption.AllDirectories
                )
            )
            {
                solution.ShouldContain(Path.GetFileName(project));
            }
        }
    }

    [Fact]
    public void Every_project_locks_its_packages()
    {
        foreach (var project in Directory.EnumerateFiles(Checkout.Root, "*.csproj", SearchOption.AllDirectories))
        {
            File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")).ShouldBeTrue(project);
        }
    }
}
