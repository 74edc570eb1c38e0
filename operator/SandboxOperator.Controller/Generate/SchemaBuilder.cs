using System.Reflection;
using System.Text.Json;
using k8s;
using k8s.Models;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Controller.Generate;

/// <summary>
/// Turns plain types into a structural schema. Initial values become defaults (an empty string or null is none), doc
/// comments descriptions, attributes of <c>SandboxOperator.Api.Schema</c> validation. Nothing that an API server drops
/// or rewrites is written, so that what is applied equals what is stored.
/// </summary>
/// <param name="withRules">Whether the cluster knows rules in the Common Expression Language.</param>
internal sealed class SchemaBuilder(bool withRules)
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The schema of a class.</summary>
    /// <param name="type">The class.</param>
    /// <param name="withDefaults">False for a status: the controller writes what it knows, and nothing else.</param>
    public V1JSONSchemaProps Object(Type type, bool withDefaults)
    {
        var initial = Activator.CreateInstance(type)!;
        var schema = new V1JSONSchemaProps
        {
            Type = "object",
            Description = DocComments.Of(type),
            Properties = new Dictionary<string, V1JSONSchemaProps>(StringComparer.Ordinal),
        };
        var required = new List<string>();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsData))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            schema.Properties.Add(name, Property(property, initial, withDefaults));
            if (property.IsDefined(typeof(RequiredAttribute)))
            {
                required.Add(name);
            }
        }

        schema.Required = required.Count == 0 ? null : required;
        schema.XKubernetesValidations = Rules(type);
        return schema;
    }

    private static bool IsData(PropertyInfo property) => property is { CanRead: true, CanWrite: true };

    private V1JSONSchemaProps Property(PropertyInfo property, object initial, bool withDefaults)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var schema = Shape(type, withDefaults);
        schema.Description = DocComments.Of(property);
        Constrain(schema, property);
        schema.XKubernetesValidations = Rules(property);
        var isRequired = property.IsDefined(typeof(RequiredAttribute));
        if (withDefaults && !isRequired && property.GetValue(initial) is { } value and not "")
        {
            schema.DefaultProperty = Default(type, value);
        }
        else if (!isRequired && withDefaults && Nullability.Create(property).WriteState != NullabilityState.Nullable)
        {
            throw new InvalidOperationException(
                $"{property.DeclaringType!.Name}.{property.Name} needs [Required], an initial value or '?'."
            );
        }

        return schema;
    }

    private V1JSONSchemaProps Shape(Type type, bool withDefaults)
    {
        if (type == typeof(string))
        {
            return new V1JSONSchemaProps { Type = "string" };
        }

        if (type == typeof(bool))
        {
            return new V1JSONSchemaProps { Type = "boolean" };
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return new V1JSONSchemaProps { Type = "integer", Format = type == typeof(int) ? "int32" : "int64" };
        }

        if (type == typeof(DateTimeOffset))
        {
            return new V1JSONSchemaProps { Type = "string", Format = "date-time" };
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var items = Shape(type.GetGenericArguments()[0], withDefaults);
            return new V1JSONSchemaProps { Type = "array", Items = items };
        }

        if (type == typeof(IReadOnlyDictionary<string, string>))
        {
            var values = new V1JSONSchemaProps { Type = "string" };
            return new V1JSONSchemaProps { Type = "object", AdditionalProperties = values };
        }

        return type.IsClass && type.Namespace!.StartsWith("SandboxOperator.", StringComparison.Ordinal)
            ? Object(type, withDefaults)
            : throw new NotSupportedException($"A resource cannot have a field of type {type}.");
    }

    private static void Constrain(V1JSONSchemaProps schema, PropertyInfo property)
    {
        // Of a list or map, what concerns strings is meant for its items.
        var text = schema.Items as V1JSONSchemaProps ?? schema.AdditionalProperties as V1JSONSchemaProps ?? schema;
        text.Pattern = property.GetCustomAttribute<PatternAttribute>()?.Expression;
        if (property.GetCustomAttribute<LengthAttribute>() is { } length)
        {
            text.MinLength = length.Minimum == 0 ? null : length.Minimum;
            text.MaxLength = length.Maximum;
        }

        if (property.GetCustomAttribute<OneOfAttribute>() is { } oneOf)
        {
            text.EnumProperty = [.. oneOf.Values];
        }

        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema.Minimum = range.Minimum;
            schema.Maximum = range.Maximum == long.MaxValue ? null : range.Maximum;
        }

        if (property.GetCustomAttribute<ItemsAttribute>() is { } items)
        {
            var isList = schema.Items is not null;
            schema.MinItems = isList && items.Minimum > 0 ? items.Minimum : null;
            schema.MaxItems = isList ? items.Maximum : null;
            schema.MinProperties = !isList && items.Minimum > 0 ? items.Minimum : null;
            schema.MaxProperties = isList ? null : items.Maximum;
        }

        if (property.GetCustomAttribute<MapKeyAttribute>() is { } key)
        {
            schema.XKubernetesListType = "map";
            schema.XKubernetesListMapKeys = [key.Field];
        }
    }

    private List<V1ValidationRule>? Rules(MemberInfo member)
    {
        var rules = member
            .GetCustomAttributes<ValidationRuleAttribute>(inherit: false)
            .Select(rule => new V1ValidationRule { Rule = rule.Rule, Message = rule.Message })
            .ToList();
        return withRules && rules.Count > 0 ? rules : null;
    }

    /// <summary>Of a nested class only what its own fields do not already have as their default.</summary>
    private static object Default(Type type, object value)
    {
        if (!type.IsClass || type == typeof(string))
        {
            return Plain(value);
        }

        var usual = (Dictionary<string, object>)Plain(Activator.CreateInstance(type)!);
        return ((Dictionary<string, object>)Plain(value))
            .Where(field => !usual.TryGetValue(field.Key, out var same) || Text(same) != Text(field.Value))
            .ToDictionary(StringComparer.Ordinal);
    }

    private static string Text(object value) => KubernetesJson.Serialize(value);

    private static object Plain(object value) =>
        Plain(KubernetesJson.Deserialize<JsonElement>(KubernetesJson.Serialize(value)));

    private static object Plain(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .ToDictionary(field => field.Name, field => Plain(field.Value), StringComparer.Ordinal),
            JsonValueKind.Array => element.EnumerateArray().Select(Plain).ToList(),
            JsonValueKind.String => element.GetString()!,
            JsonValueKind.Number => element.GetInt64(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new NotSupportedException($"A default cannot be {element.ValueKind}."),
        };
}
