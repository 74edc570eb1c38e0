using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Client;

/// <summary>Objects to and from JSON.</summary>
internal static class KubeJson
{
    /// <summary>Whether two values say the same on the wire.</summary>
    public static bool Same<T>(T? left, T? right)
        where T : class =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null && KubernetesJson.Serialize(left) == KubernetesJson.Serialize(right));

    /// <summary>An object without what only servers need, which is often half of it.</summary>
    /// <exception cref="JsonException">The object does not fit the class.</exception>
    public static T Entity<T>(JsonElement element)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var entity = KubernetesJson.Deserialize<T>(element) ?? throw new JsonException("The object is null.");
            var kind = KubeKind.Of<T>();
            entity.Metadata ??= new V1ObjectMeta();
            if (string.IsNullOrEmpty(entity.Metadata.Name) && !kind.IsReview)
            {
                throw new JsonException("The object has no name.");
            }

            entity.Metadata.ManagedFields = null;
            return kind.Fill(entity);
        }
        catch (Exception exception)
            when (exception is FormatException or InvalidOperationException or OverflowException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    public static ObjectKey Key(JsonElement element) =>
        element.TryGetProperty("metadata", out var metadata)
            ? new ObjectKey(Text(metadata, "namespace"), Text(metadata, "name") ?? "")
            : default;

    public static string Version(JsonElement element) =>
        element.TryGetProperty("metadata", out var metadata) ? Text(metadata, "resourceVersion") ?? "" : "";

    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>What a server's Status object says.</summary>
    public static KubeException Failure(string tried, HttpStatusCode code, JsonElement status) =>
        new(
            status.ValueKind == JsonValueKind.Object
            && status.TryGetProperty("code", out var number)
            && number.TryGetInt32(out var said)
            && said >= 400
                ? (HttpStatusCode)said
                : code,
            Text(status, "reason") ?? code.ToString(),
            $"{tried}: {Text(status, "message") ?? $"the API server answered {(int)code} {code}"}"
        );
}
