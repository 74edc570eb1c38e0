namespace SandboxOperator.Kube.Rbac;

/// <summary>Rights on one resource, gathered from all code that needs them.</summary>
/// <param name="Group">The API group; empty for the core.</param>
/// <param name="Resource">The plural name, with the subresource after a slash.</param>
/// <param name="Verbs">What may be done.</param>
/// <param name="Reasons">Why, in the order of the code's names.</param>
public sealed record RbacNeed(string Group, string Resource, RbacVerbs Verbs, IReadOnlyList<string> Reasons)
{
    /// <summary>The verbs as Kubernetes writes them.</summary>
    public IReadOnlyList<string> VerbNames =>
        [
            .. Enum.GetValues<RbacVerbs>()
                .Where(verb => int.PopCount((int)verb) == 1 && Verbs.HasFlag(verb))
                .Select(verb => verb.ToString().ToLowerInvariant()),
        ];
}
