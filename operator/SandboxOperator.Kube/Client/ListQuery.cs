using System.Text;

namespace SandboxOperator.Kube.Client;

/// <summary>Which objects to list or watch.</summary>
/// <param name="Namespace">The namespace; null for all.</param>
/// <param name="LabelSelector">Labels that objects must have; null for any.</param>
/// <param name="FieldSelector">Fields that objects must have; null for any.</param>
public sealed record ListQuery(string? Namespace = null, string? LabelSelector = null, string? FieldSelector = null)
{
    internal string Path(KubeKind kind, params IEnumerable<(string Name, string? Value)> parameters)
    {
        var path = new StringBuilder(kind.Collection(Namespace));
        var separator = '?';
        foreach (
            var (name, value) in parameters
                .Append(("labelSelector", LabelSelector))
                .Append(("fieldSelector", FieldSelector))
        )
        {
            if (!string.IsNullOrEmpty(value))
            {
                path.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return path.ToString();
    }
}
