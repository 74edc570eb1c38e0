using k8s.Models;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>A rule in the generated definitions.</summary>
/// <param name="Kind">The kind that has it.</param>
/// <param name="Path">Where it is: <c>[]</c> stands for the items of a list, <c>{}</c> for the values of a map.</param>
/// <param name="Message">What the server says when it is broken.</param>
internal sealed record ValidationRule(string Kind, string Path, string Message)
{
    public static IEnumerable<ValidationRule> All() =>
        DefinitionSet
            .WithRules.Read()
            .SelectMany(definition =>
                definition.Spec.Versions.SelectMany(version =>
                    In(definition.Spec.Names.Kind, "", (V1JSONSchemaProps)version.Schema.OpenAPIV3Schema)
                )
            );

    private static IEnumerable<ValidationRule> In(string kind, string path, V1JSONSchemaProps schema)
    {
        var own = schema.XKubernetesValidations?.Select(rule => new ValidationRule(kind, path, rule.Message)) ?? [];
        var fields = schema.Properties?.SelectMany(field =>
            In(kind, path.Length == 0 ? field.Key : $"{path}.{field.Key}", field.Value)
        );
        var items = schema.Items is V1JSONSchemaProps item ? In(kind, $"{path}[]", item) : [];
        var values = schema.AdditionalProperties is V1JSONSchemaProps value ? In(kind, $"{path}{{}}", value) : [];
        return [.. own, .. fields ?? [], .. items, .. values];
    }
}
