using System.Text;
using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Controller.Generate;

/// <summary>The tables of rights in <c>docs/security.md</c>, between two marks.</summary>
internal static class RightsTable
{
    private const string Start = "<!-- generated rights: `make generate` -->\n";
    private const string End = "<!-- end of generated rights -->";

    /// <exception cref="InvalidOperationException">The document has lost a mark.</exception>
    public static string Update(string document, IEnumerable<(RbacRole Role, IReadOnlyList<RbacNeed> Needs)> rights)
    {
        var start = document.IndexOf(Start, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return start >= 0 && end > start
            ? document[..(start + Start.Length)] + Write(rights) + document[end..]
            : throw new InvalidOperationException($"The document needs the lines {Start.Trim()} and {End}.");
    }

    private static string Write(IEnumerable<(RbacRole Role, IReadOnlyList<RbacNeed> Needs)> rights)
    {
        var text = new StringBuilder();
        foreach (var (role, needs) in rights.Where(role => role.Needs.Count > 0))
        {
            text.Append("\n### ").Append(RoleNames.Title(role)).Append("\n\n");
            text.Append("| group | resource | verbs | why |\n|---|---|---|---|\n");
            foreach (var need in needs)
            {
                text.Append("| ").Append(need.Group.Length == 0 ? "core" : need.Group);
                text.Append(" | ").Append(need.Resource);
                text.Append(" | ").AppendJoin(", ", need.VerbNames);
                text.Append(" | ").AppendJoin(' ', need.Reasons).Append(" |\n");
            }
        }

        return text.Append('\n').ToString();
    }
}
