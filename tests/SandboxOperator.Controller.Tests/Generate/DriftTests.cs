using SandboxOperator.Controller.Generate;
using SandboxOperator.Sandboxes;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Generate;

/// <summary>What <c>make generate</c> writes is committed.</summary>
public sealed class DriftTests
{
    private const string Cure = "run `make generate` and commit what it writes";

    [Fact]
    public void The_definitions_are_those_of_the_code() => Compare("crds", GenerateCommand.Crds());

    [Fact]
    public void The_roles_are_those_of_the_code() =>
        Compare("charts/sandbox-operator/files/rbac", GenerateCommand.Rbac(typeof(ISandboxes).Assembly));

    [Fact]
    public void The_chart_has_the_definitions_and_the_table_of_its_values()
    {
        var folder = Path.Combine(Checkout.Root, "charts/sandbox-operator");
        var files = GenerateCommand.Chart(folder).ToDictionary(StringComparer.Ordinal);
        Compare("charts/sandbox-operator/files/crds", GenerateCommand.Crds());
        File.ReadAllText(Path.Combine(folder, "README.md")).ShouldBe(files["README.md"], Cure);
    }

    [Fact]
    public void The_documented_rights_are_those_of_the_code()
    {
        var document = File.ReadAllText(Path.Combine(Checkout.Root, "docs/security.md"));
        RightsTable.Update(document, GenerateCommand.Rights(typeof(ISandboxes).Assembly)).ShouldBe(document, Cure);
    }

    private static void Compare(string folder, IEnumerable<(string Name, string Text)> files)
    {
        var path = Path.Combine(Checkout.Root, folder);
        var expected = files.ToDictionary(StringComparer.Ordinal);
        Directory
            .EnumerateFiles(path, "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(path, file))
            .ShouldBe(expected.Keys, ignoreOrder: true, Cure);
        foreach (var (name, text) in expected)
        {
            File.ReadAllText(Path.Combine(path, name)).ShouldBe(text, Cure);
        }
    }
}
