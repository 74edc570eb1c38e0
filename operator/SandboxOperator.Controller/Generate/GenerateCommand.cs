using System.Reflection;
using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Controller.Generate;

/// <summary>Writes the files that follow from the code: <c>make generate</c>.</summary>
internal static class GenerateCommand
{
    public const string Usage = """
        usage: sandbox-controller generate crds --out DIRECTORY
               sandbox-controller generate rbac --out DIRECTORY [--with ASSEMBLY]
               sandbox-controller generate rights --out FILE [--with ASSEMBLY]
               sandbox-controller generate chart --out DIRECTORY
          crds    custom resource definitions, and in DIRECTORY/legacy those for clusters before 1.25
          rbac    the rules of the roles that the chart installs
          rights  rewrites the generated part of docs/security.md
          chart   what the chart in DIRECTORY has from elsewhere: definitions, and its README's table of values
          ASSEMBLY is what the controller does not know: SandboxOperator.Sandboxes.dll, for the gateway's rights
        """;

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        string[] words = [.. arguments];
        if (
            words
                is not [
                    var what
                    and ("crds" or "rbac" or "rights" or "chart"),
                    "--out",
                    { Length: > 0 } target,
                    .. var rest,
                ]
            || rest is not ([] or ["--with", { Length: > 0 }])
        )
        {
            error.WriteLine(Usage);
            return 2;
        }

        Assembly[] others = rest.Length == 0 ? [] : [Assembly.LoadFrom(Path.GetFullPath(rest[1]))];
        var files = what switch
        {
            "crds" => Crds(),
            "rbac" => Rbac(others),
            "chart" => Chart(target),
            _ => [(Name: "", Text: RightsTable.Update(File.ReadAllText(target), Rights(others)))],
        };
        foreach (var (name, text) in files)
        {
            var path = Path.Combine(target, name).TrimEnd('/');
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, text);
            output.WriteLine(path);
        }

        return 0;
    }

    public static IEnumerable<(string Name, string Text)> Crds()
    {
        foreach (var kind in ResourceKinds.All)
        {
            yield return ($"{kind.Plural}.yaml", CrdYaml.Write(kind.Type, withRules: true));
            yield return ($"legacy/{kind.Plural}.yaml", CrdYaml.Write(kind.Type, withRules: false));
        }
    }

    public static IEnumerable<(string Name, string Text)> Rbac(params Assembly[] others) =>
        Rights(others).Select(role => ($"{RoleNames.Of(role.Role)}.yaml", RbacYaml.Write(role.Needs)));

    public static IEnumerable<(string Name, string Text)> Chart(string folder) =>
        Crds()
            .Select(file => (Name: $"files/crds/{file.Name}", file.Text))
            .Append(
                (
                    "README.md",
                    ChartReadme.Update(
                        File.ReadAllText(Path.Combine(folder, "README.md")),
                        File.ReadAllText(Path.Combine(folder, "values.yaml"))
                    )
                )
            );

    public static IReadOnlyList<(RbacRole Role, IReadOnlyList<RbacNeed> Needs)> Rights(params Assembly[] others) =>
        [
            .. Enum.GetValues<RbacRole>()
                .Select(role =>
                    (
                        role,
                        RbacNeeds.Of(role, [typeof(GenerateCommand).Assembly, typeof(RbacNeeds).Assembly, .. others])
                    )
                ),
        ];
}
