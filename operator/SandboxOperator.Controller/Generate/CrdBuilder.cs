using System.Reflection;
using k8s.Models;
using SandboxOperator.Kube.Entities;

namespace SandboxOperator.Controller.Generate;

/// <summary>Turns a custom resource class into its definition.</summary>
internal static class CrdBuilder
{
    /// <summary>Names become label values of pods, which may not be longer.</summary>
    private const int LongestName = 63;

    public static V1CustomResourceDefinition Build(Type type, bool withRules)
    {
        var kind = type.GetCustomAttribute<KubernetesEntityAttribute>()!;
        return new V1CustomResourceDefinition
        {
            ApiVersion = $"{V1CustomResourceDefinition.KubeGroup}/{V1CustomResourceDefinition.KubeApiVersion}",
            Kind = V1CustomResourceDefinition.KubeKind,
            Metadata = new V1ObjectMeta { Name = $"{kind.PluralName}.{kind.Group}" },
            Spec = new V1CustomResourceDefinitionSpec
            {
                Group = kind.Group,
                Names = new V1CustomResourceDefinitionNames
                {
                    Kind = kind.Kind,
                    ListKind = $"{kind.Kind}List",
                    Plural = kind.PluralName,
                    Singular = kind.Kind.ToLowerInvariant(),
                    ShortNames = [.. type.GetCustomAttribute<KubernetesEntityShortNamesAttribute>()!.Names],
                    Categories = [.. type.GetCustomAttribute<KubernetesEntityCategoriesAttribute>()!.Categories],
                },
                Scope = "Namespaced",
                Versions = [Version(type, kind, withRules)],
            },
        };
    }

    private static V1CustomResourceDefinitionVersion Version(
        Type type,
        KubernetesEntityAttribute kind,
        bool withRules
    ) =>
        new()
        {
            Name = kind.ApiVersion,
            Served = true,
            Storage = true,
            AdditionalPrinterColumns =
            [
                .. type.GetCustomAttributes<GenericAdditionalPrinterColumnAttribute>()
                    .Select(column => new V1CustomResourceColumnDefinition
                    {
                        Name = column.Name,
                        Type = column.Type,
                        JsonPath = column.JsonPath,
                        Description = column.Description,
                        Priority = column.Priority == 0 ? null : column.Priority,
                    }),
            ],
            Schema = new V1CustomResourceValidation { OpenAPIV3Schema = Schema(type, withRules) },
            Subresources = new V1CustomResourceSubresources
            {
                Status = new Dictionary<string, object>(StringComparer.Ordinal),
                Scale = type.GetCustomAttribute<ScaleSubresourceAttribute>() is { } scale
                    ? new V1CustomResourceSubresourceScale
                    {
                        SpecReplicasPath = scale.SpecPath,
                        StatusReplicasPath = scale.StatusPath,
                        LabelSelectorPath = scale.SelectorPath,
                    }
                    : null,
            },
        };

    private static V1JSONSchemaProps Schema(Type type, bool withRules)
    {
        var builder = new SchemaBuilder(withRules);
        var spec = builder.Object(type.GetProperty("Spec")!.PropertyType, withDefaults: true);
        if (spec.Required is null)
        {
            // A resource applied without a spec gets all defaults.
            spec.DefaultProperty = new Dictionary<string, object>(StringComparer.Ordinal);
        }

        return new V1JSONSchemaProps
        {
            Type = "object",
            Description = DocComments.Of(type),
            Properties = new Dictionary<string, V1JSONSchemaProps>(StringComparer.Ordinal)
            {
                ["apiVersion"] = new() { Type = "string" },
                ["kind"] = new() { Type = "string" },
                ["metadata"] = new()
                {
                    Type = "object",
                    Properties = new Dictionary<string, V1JSONSchemaProps>(StringComparer.Ordinal)
                    {
                        ["name"] = new() { Type = "string", MaxLength = LongestName },
                    },
                },
                ["spec"] = spec,
                ["status"] = builder.Object(type.GetProperty("Status")!.PropertyType, withDefaults: false),
            },
            Required = spec.Required is null ? null : ["spec"],
        };
    }
}
